import { ENDPOINTS } from '@confab/protocol';
import { Other, type Router } from '../../http/contract';
import type { PinService } from './pins';
import type { ReceiptService } from './receipts';
import type { MessageService } from './service';

export function messageRoutes(
  router: Router,
  messages: MessageService,
  receipts: ReceiptService,
  pins: PinService,
): void {
  router.on(ENDPOINTS.listMessages, ({ caller, params, query }) =>
    messages.page(caller.userId, params.chat_id, query),
  );
  router.on(ENDPOINTS.sendMessage, async ({ caller, params, body }) => {
    const { sent, message } = await messages.send(caller.userId, params.chat_id, body, false);
    return message ?? new Other(await messages.get(caller.userId, sent.id));
  });
  router.on(ENDPOINTS.editMessage, ({ caller, params, body }) =>
    messages.edit(caller.userId, params.message_id, body),
  );
  router.on(ENDPOINTS.deleteMessage, async ({ caller, params }) => {
    await messages.delete(caller.userId, params.message_id);
  });
  router.on(ENDPOINTS.readMessage, ({ caller, params }) =>
    receipts.markRead(caller.userId, params.message_id),
  );
  router.on(ENDPOINTS.receipts, ({ caller, params }) =>
    receipts.of(caller.userId, params.message_id),
  );
  router.on(ENDPOINTS.addReaction, ({ caller, params }) =>
    messages.react(caller.userId, params.message_id, params.emoji, true),
  );
  router.on(ENDPOINTS.removeReaction, ({ caller, params }) =>
    messages.react(caller.userId, params.message_id, params.emoji, false),
  );
  router.on(ENDPOINTS.pinMessage, ({ caller, params }) =>
    pins.pin(caller.userId, params.message_id, true),
  );
  router.on(ENDPOINTS.unpinMessage, ({ caller, params }) =>
    pins.pin(caller.userId, params.message_id, false),
  );
  router.on(ENDPOINTS.listPins, ({ caller, params, query }) =>
    pins.list(caller.userId, params.chat_id, query),
  );
}
