import { iso } from '../../lib/clock';
import type { CommandHandlers } from '../../realtime/commands';
import type { ReceiptService } from './receipts';
import type { MessageService } from './service';

export function messageCommands(messages: MessageService, receipts: ReceiptService) {
  return {
    send_message: async ({ userId }, command) => {
      const { sent } = await messages.send(userId, command.chat_id, command, true);
      return {
        message_id: sent.id,
        seq: sent.seq,
        rev: sent.rev,
        created_at: iso(sent.at),
        duplicate: sent.duplicate,
      };
    },
    edit_message: async ({ userId }, { message_id, ...body }) => {
      const { rev } = await messages.edit(userId, message_id, body);
      return { rev };
    },
    delete_message: async ({ userId }, { message_id }) => {
      const { rev } = await messages.delete(userId, message_id);
      return { rev };
    },
    reaction_add: async ({ userId }, { message_id, emoji }) => {
      const { rev } = await messages.react(userId, message_id, emoji, true);
      return { rev };
    },
    reaction_remove: async ({ userId }, { message_id, emoji }) => {
      const { rev } = await messages.react(userId, message_id, emoji, false);
      return { rev };
    },
    message_read: async ({ userId }, { chat_id, message_id }) => {
      await receipts.markRead(userId, message_id, chat_id);
      return {};
    },
    message_delivered: async ({ userId }, { chat_id, message_id }) => {
      await receipts.markDelivered(userId, message_id, chat_id);
      return {};
    },
  } satisfies CommandHandlers;
}
