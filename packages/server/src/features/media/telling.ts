import type { Bus } from '../../realtime/bus';
import type { ChatStates } from '../chats';
import { type MessageService, tellChange } from '../messages';
import type { ChangedMessage } from '../messages/writes';

/** Tells a chat's members that a message has other files now, or more is known of them. */
export type Tell = (changed: ChangedMessage) => void;
/** Made before a write is queued: what follows its commit must not wait. */
export type Teller = (chatId: number, senderId: number) => Promise<Tell>;

export function tellerOf(deps: {
  states: ChatStates;
  messages: Pick<MessageService, 'viewOf' | 'prepareView'>;
  bus: Bus;
}): Teller {
  const { states, messages, bus } = deps;
  return async (chatId, senderId) => {
    const state = await states.load(chatId);
    if (!state) return () => {};
    await messages.prepareView([senderId]);
    return (changed) => {
      tellChange(bus, 'message_updated', changed, state, messages.viewOf(state));
    };
  };
}
