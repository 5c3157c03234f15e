import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Chat, ChatId } from '../../state/types';
import type { OverlayStore } from './overlay-store';
import type { TimelineStore } from './timeline-store';

/** What all parts of one conversation share. It changes with the chat's settings, not with each message. */
export interface Conversation {
  readonly chatId: ChatId;
  readonly isGroup: boolean;
  readonly isEncrypted: boolean;
  /** Whether the user may pin here, and delete what others wrote. */
  readonly mayPin: boolean;
  readonly mayDelete: boolean;
  readonly timeline: TimelineStore;
  readonly overlays: OverlayStore;
}

export const ConversationContext = createContext<Conversation | null>(null);

export function useConversation(): Conversation {
  const conversation = useContext(ConversationContext);
  if (!conversation) throw new Error('This is shown within a conversation alone');
  return conversation;
}

/** In a direct chat either one pins; in a group those who look after it do both. */
export function rightsIn(chat: Chat): Pick<Conversation, 'mayPin' | 'mayDelete'> {
  const manages = chat.chat_type === 'group' && chat.my_role !== 'member';
  return { mayPin: manages || chat.chat_type === 'direct', mayDelete: manages };
}
