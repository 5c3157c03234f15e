import type { Chat } from '../../state/types';
import { isEncrypted } from '../encryption/encryption';
import { ChatEnd } from './chat-end';
import { ChatSettings } from './chat-settings';
import { DirectHead } from './direct-head';
import { GroupHead } from './group-head';
import { InviteLinks } from './invite-links';
import { Members } from './members';
import { PanelLinks } from './panel-links';
import { mayInvite } from './rights';

/** Everything about a chat besides its messages. */
export function ChatInfo({ chat }: { chat: Chat }) {
  const isGroup = chat.chat_type === 'group';
  return (
    <div class="scroll chat-info">
      {isGroup ? <GroupHead chat={chat} /> : <DirectHead chat={chat} />}
      <PanelLinks chat={chat} />
      <ChatSettings chat={chat} />
      {isGroup && <Members chat={chat} />}
      {mayInvite(chat) && !isEncrypted(chat.id) && <InviteLinks chat={chat} />}
      <ChatEnd chat={chat} />
    </div>
  );
}
