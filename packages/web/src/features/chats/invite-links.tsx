import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { session } from '../../state/session';
import type { Chat, Invite } from '../../state/types';
import { Button } from '../../ui/button';
import { Link } from '../../ui/icons';
import { Loaded, useLoaded } from '../../ui/loaded';
import { InfoSection } from './info-section';
import { InviteForm } from './invite-form';
import { InviteRow } from './invite-row';

/** Links by which others join a group, for its admins. */
export function InviteLinks({ chat }: { chat: Chat }) {
  const [isMaking, setMaking] = useState(false);
  const invites = useLoaded(() => allInvites(chat), chat.id);
  const { change } = invites;
  const made = (invite: Invite) => {
    change((before) => [invite, ...before]);
    setMaking(false);
  };
  const revoked = (code: string) => change((before) => before.filter((one) => one.code !== code));
  const make = (
    <Button kind="plain" aria-expanded={isMaking} onClick={() => setMaking(!isMaking)}>
      <Link size={18} aria-hidden="true" />
      {t('chats.newInvite')}
    </Button>
  );
  return (
    <InfoSection title={t('chats.invites')} action={make}>
      {isMaking && <InviteForm chat={chat} onMade={made} onCancel={() => setMaking(false)} />}
      <Loaded of={invites}>
        {(all) => <List chat={chat} invites={all} onRevoked={revoked} />}
      </Loaded>
    </InfoSection>
  );
}

/** A group has at most a hundred that are good: a few pages with those that are not. */
async function allInvites({ id }: Chat): Promise<Invite[]> {
  const { items } = await session.client.api.invites(id, { limit: 100 });
  return items;
}

interface ListProps {
  chat: Chat;
  invites: readonly Invite[];
  onRevoked: (code: string) => void;
}

function List({ chat, invites, onRevoked }: ListProps) {
  if (invites.length === 0) return <p class="quiet small">{t('chats.noInvites')}</p>;
  return (
    <ul class="invite-list">
      {invites.map((invite) => (
        <li key={invite.code}>
          <InviteRow chat={chat} invite={invite} onRevoked={() => onRevoked(invite.code)} />
        </li>
      ))}
    </ul>
  );
}
