import { useState } from 'preact/hooks';
import { type TextKey, t } from '../../i18n';
import { session } from '../../state/session';
import type { MessageId, UserId } from '../../state/types';
import { Choices } from '../../ui/choices';
import { Dialog } from '../../ui/dialog';
import { Form } from '../../ui/form';
import { TextArea } from '../../ui/text-area';
import { toast } from '../../ui/toasts';
import { useForm } from '../../ui/use-form';

const REASONS = {
  spam: 'people.reasonSpam',
  harassment: 'people.reasonHarassment',
  fake: 'people.reasonFake',
  other: 'people.reasonOther',
} satisfies Record<string, TextKey>;
type Reason = keyof typeof REASONS;
const KINDS = Object.keys(REASONS) as Reason[];

interface ReportDialogProps {
  target: { readonly user_id: UserId } | { readonly message_id: MessageId };
  /** Whom or whose it is. */
  name: string;
  onClose: () => void;
}

/** Tells those who run the server of somebody, or of a message, and why. */
export function ReportDialog({ target, name, onClose }: ReportDialogProps) {
  const [kind, setKind] = useState<Reason>('spam');
  const [details, setDetails] = useState('');
  const form = useForm({
    check: () => ({
      details: kind === 'other' && details.trim() === '' ? t('people.reportWhy') : undefined,
    }),
    rules: { reason: t('people.reportWhy') },
    send: async () => {
      const reason = [t(REASONS[kind]), details.trim()].filter(Boolean).join(': ');
      await session.client.api.report({ ...target, reason });
      toast(t('people.reported'));
      onClose();
    },
  });
  return (
    <Dialog title={t('people.reportTitle', { name })} onClose={onClose}>
      <Form form={form} action={t('people.report')} danger onCancel={onClose}>
        <p class="quiet">{t('people.reportText')}</p>
        <Choices
          label={t('people.reportKind')}
          value={kind}
          options={KINDS.map((value) => ({ value, text: t(REASONS[value]) }))}
          onChange={setKind}
        />
        <TextArea
          name="details"
          label={t('people.reportDetails')}
          value={details}
          onInput={setDetails}
          maxLength={900}
          error={form.faults.fields.details}
        />
      </Form>
    </Dialog>
  );
}
