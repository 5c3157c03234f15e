import { ClientError } from '@confab/client';
import { useEffect, useState } from 'preact/hooks';
import { go } from '../../app/router';
import { hrefOf } from '../../app/routes';
import { setTitle } from '../../app/title';
import { t } from '../../i18n';
import { momentOf } from '../../i18n/dates';
import { session } from '../../state/session';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Empty, Loading } from '../../ui/empty';
import { faultText, isMissing } from '../../ui/faults';
import { Link, TriangleAlert } from '../../ui/icons';
import { useLoaded } from '../../ui/loaded';
import { useTask } from '../../ui/use-task';
import { PageBar } from './page-bar';

type Preview = Awaited<ReturnType<typeof session.client.api.invitePreview>>;

/** Where an invite link leads: what group it is, and the way in. */
export function InvitePage({ code }: { code: string }) {
  const title = t('chats.invitation');
  useEffect(() => setTitle(title), [title]);
  return (
    <section class="pane page" aria-label={title}>
      <PageBar title={title} />
      <div class="scroll">
        <Invitation code={code} />
      </div>
    </section>
  );
}

function Invitation({ code }: { code: string }) {
  const { state, reload } = useLoaded(() => session.client.api.invitePreview(code), code);
  if (state.name === 'loading') return <Loading />;
  if (state.name === 'loaded') return <Group preview={state.value} onGone={reload} />;
  if (isMissing(state.fault)) return <Gone />;
  return (
    <Empty icon={TriangleAlert} title={faultText(state.fault)}>
      <Button onClick={reload}>{t('common.retry')}</Button>
    </Empty>
  );
}

/** The server does not tell which of these it is: nobody shall learn of a group by trying codes. */
function Gone() {
  return (
    <Empty icon={Link} title={t('chats.inviteGone')}>
      <p>{t('chats.inviteGoneText')}</p>
      <a class="button" href={hrefOf({ name: 'home' })}>
        {t('common.toChats')}
      </a>
    </Empty>
  );
}

function Group({ preview, onGone }: { preview: Preview; onGone: () => void }) {
  const { name, description, member_count: count, expires_at } = preview;
  return (
    <div class="empty invite-card">
      <Avatar of={faceOf(preview)} name={name} size={96} />
      <h2 dir="auto">{name}</h2>
      <p class="small">{t('chats.memberCount', { count })}</p>
      {description && (
        <p class="info-description" dir="auto">
          {description}
        </p>
      )}
      <Way preview={preview} onGone={onGone} />
      {expires_at !== null && !preview.is_member && (
        <p class="small">{t('chats.inviteGoodUntil', { when: momentOf(expires_at) })}</p>
      )}
    </div>
  );
}

/** Its colour is that which members see; who is none does not learn the group's number. */
const faceOf = ({ chat_id, avatar_url }: Preview) => ({ id: chat_id ?? 0, avatar_url });

function Way({ preview, onGone }: { preview: Preview; onGone: () => void }) {
  const { busy, run } = useTask();
  const [isRefused, setRefused] = useState(false);
  if (preview.chat_id !== null && preview.is_member) {
    return (
      <>
        <p>{t('chats.alreadyIn')}</p>
        <a class="button button-primary" href={hrefOf({ name: 'chat', chatId: preview.chat_id })}>
          {t('chats.openChat')}
        </a>
      </>
    );
  }
  const join = async () => {
    try {
      const chat = await session.client.joinByInvite(preview.code);
      go({ name: 'chat', chatId: chat.id }, { replace: true });
    } catch (fault) {
      if (isMissing(fault)) return onGone();
      setRefused(fault instanceof ClientError && fault.code === 'group_full');
      throw fault;
    }
  };
  return (
    <Button kind="primary" busy={busy} disabled={isRefused} onClick={() => void run(join)}>
      {t('chats.join')}
    </Button>
  );
}
