import { useEffect, useMemo } from 'preact/hooks';
import { Nowhere } from '../../app/nowhere';
import type { Route } from '../../app/routes';
import { setTitle } from '../../app/title';
import { t } from '../../i18n';
import { useBlockedUsers } from '../../state/blocks';
import { chatName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat } from '../../state/types';
import { Loading } from '../../ui/empty';
import { BlockedBar } from '../chats/blocked-bar';
import { Composer } from '../composer/composer';
import { ChatBanner } from '../encryption/chat-banner';
import { isEncrypted } from '../encryption/encryption';
import { ChatHeader } from './chat-header';
import { type Conversation, ConversationContext, rightsIn } from './conversation-context';
import { LiveRegion } from './live-region';
import { OverlayStore } from './overlay-store';
import { Overlays } from './overlays';
import { usePins } from './pins';
import { PinsBar } from './pins-bar';
import { ScheduledBar } from './scheduled-bar';
import { SidePanel } from './side-panel';
import { Timeline } from './timeline';
import { TimelineStore } from './timeline-store';
import { TypingLine } from './typing-line';
import { usePanel } from './use-panel';

export type ChatPlace = Extract<Route, { name: 'chat' }>;

/** A conversation, and what is to be seen beside it. */
export function ChatPage({ place }: { place: ChatPlace }) {
  const chat = session.chat(place.chatId);
  if (chat) return <ConversationPage chat={chat} place={place} />;
  // A chat that was just joined or made comes with the next word of the server.
  if (session.connection.value.name !== 'online' && session.chats().length === 0)
    return <Loading />;
  return <Nowhere title={t('chats.gone')} isPage />;
}

function ConversationPage({ chat, place }: { chat: Chat; place: ChatPlace }) {
  const conversation = useConversationOf(chat, place);
  const pins = usePins(chat.id);
  const panel = usePanel(place);
  const name = chatName(chat);
  useEffect(() => setTitle(name), [name]);
  useEffect(() => {
    session.client.joinChat(chat.id).catch(() => {});
    return () => session.client.leaveChat(chat.id);
  }, [chat.id]);
  return (
    <ConversationContext.Provider value={conversation}>
      <section class="pane conversation" aria-label={name}>
        <ChatHeader chat={chat} panel={panel} />
        <ChatBanner chat={chat} />
        <PinsBar pins={pins} />
        <Timeline chat={chat} />
        <TypingLine chatId={chat.id} />
        <ScheduledBar chat={chat} />
        <Foot chat={chat} />
        <LiveRegion chatId={chat.id} />
        <Overlays />
      </section>
      {panel && <SidePanel chat={chat} panel={panel} />}
    </ConversationContext.Provider>
  );
}

/** Where messages are written, as far as they can be. */
function Foot({ chat }: { chat: Chat }) {
  const blocked = useBlockedUsers();
  const { peer } = chat;
  if (peer && blocked?.has(peer.id)) return <BlockedBar userId={peer.id} name={chatName(chat)} />;
  return <Composer chat={chat} />;
}

function useConversationOf(chat: Chat, { messageId }: ChatPlace): Conversation {
  const timeline = useMemo(() => new TimelineStore(chat.id), [chat.id]);
  const overlays = useMemo(() => new OverlayStore(), [chat.id]);
  useEffect(() => {
    void timeline.start(messageId);
    return () => timeline.stop();
  }, [timeline]);
  useEffect(() => {
    if (messageId !== undefined && timeline.phase.peek() === 'ready') void timeline.jump(messageId);
  }, [messageId]);
  const { id: chatId, chat_type } = chat;
  const { mayPin, mayDelete } = rightsIn(chat);
  const isGroup = chat_type === 'group';
  const isSecret = isEncrypted(chatId);
  return useMemo(
    () => ({ chatId, isGroup, isEncrypted: isSecret, mayPin, mayDelete, timeline, overlays }),
    [chatId, isGroup, isSecret, mayPin, mayDelete, timeline, overlays],
  );
}
