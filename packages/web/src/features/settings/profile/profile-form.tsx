import { t } from '../../../i18n';
import { session } from '../../../state/session';
import type { Me } from '../../../state/types';
import { TextField } from '../../../ui/field';
import { Form } from '../../../ui/form';
import { TextArea } from '../../../ui/text-area';
import { toast } from '../../../ui/toasts';
import { useForm } from '../../../ui/use-form';
import { mayBeEmail } from '../../auth/rules';
import { changeOf, draftOf, dropDraft, type Profile, setDraft } from './draft';

const LONGEST_BIO = 500;

async function save(me: Me): Promise<void> {
  session.me.value = await session.client.api.updateMe(changeOf(me));
  dropDraft();
  toast(t('common.saved'));
}

export function ProfileForm({ me }: { me: Me }) {
  const draft = draftOf(me);
  const form = useForm({
    check: () => ({ email: mayBeEmail(draft.email.trim()) ? undefined : t('auth.emailRule') }),
    places: { email_taken: 'email' },
    rules: { email: t('auth.emailRule') },
    send: () => save(me),
  });
  const field = (name: keyof Profile) => ({
    name,
    value: draft[name],
    onInput: (value: string) => setDraft(me, { [name]: value }),
    error: form.faults.fields[name],
  });
  return (
    <Form form={form} action={t('common.save')}>
      <TextField
        {...field('full_name')}
        label={t('settings.name')}
        hint={t('settings.usernameIs', { name: me.username })}
        autoComplete="name"
        maxLength={100}
      />
      <TextArea
        {...field('bio')}
        label={t('people.bio')}
        hint={t('settings.bioLeft', { count: LONGEST_BIO - draft.bio.length })}
        maxLength={LONGEST_BIO}
      />
      <TextField
        {...field('email')}
        label={t('auth.email')}
        hint={t('auth.emailHint')}
        type="email"
        autoComplete="email"
      />
    </Form>
  );
}
