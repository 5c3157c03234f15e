import type { CommandHandlers } from '../../realtime/commands';
import type { Connection } from '../../realtime/connection';
import type { Turns } from '../../realtime/turns';
import type { PresenceService } from './service';
import type { TypingService } from './typing';

export { PresenceService } from './service';
export { TypingService } from './typing';

export function presenceCommands(
  presence: PresenceService,
  typing: TypingService,
  turns: Turns<Connection>,
) {
  return {
    typing_start: async ({ userId }, { chat_id }) => {
      await typing.start(userId, chat_id);
      return {};
    },
    typing_stop: async ({ userId }, { chat_id }) => {
      await typing.stop(userId, chat_id);
      return {};
    },
    join_chat: (connection, { chat_id }) =>
      turns.take(connection, async () => ({
        presence: await presence.look(connection, chat_id),
      })),
    leave_chat: async (connection, { chat_id }) => {
      await presence.lookAway(connection, chat_id);
      return {};
    },
  } satisfies CommandHandlers;
}
