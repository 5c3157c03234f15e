import { ENDPOINTS } from '@confab/protocol';
import { Other, type Router } from '../../http/contract';
import type { ChatService } from './service';

export function chatRoutes(router: Router, chats: ChatService): void {
  router.on(ENDPOINTS.listChats, ({ caller, query }) => chats.list(caller.userId, query));
  router.on(ENDPOINTS.createDirect, async ({ caller, body }) => {
    const { chat, created } = await chats.openDirect(caller.userId, body);
    return created ? chat : new Other(chat);
  });
  router.on(ENDPOINTS.createGroup, ({ caller, body }) => chats.createGroup(caller.userId, body));
  router.on(ENDPOINTS.getChat, ({ caller, params }) =>
    chats.details(caller.userId, params.chat_id),
  );
  router.on(ENDPOINTS.updateChat, ({ caller, params, body }) =>
    chats.update(caller.userId, params.chat_id, body),
  );
  router.on(ENDPOINTS.deleteChat, ({ caller, params }) =>
    chats.delete(caller.userId, params.chat_id),
  );
  router.on(ENDPOINTS.listMembers, ({ caller, params, query }) =>
    chats.members(caller.userId, params.chat_id, query),
  );
  router.on(ENDPOINTS.addMember, ({ caller, params, body }) =>
    chats.addMember(caller.userId, params.chat_id, body),
  );
  router.on(ENDPOINTS.updateMember, ({ caller, params, body }) =>
    chats.updateMember(caller.userId, params.chat_id, params.user_id, body),
  );
  router.on(ENDPOINTS.removeMember, ({ caller, params }) =>
    chats.removeMember(caller.userId, params.chat_id, params.user_id),
  );
  router.on(ENDPOINTS.chatSettings, ({ caller, params, body }) =>
    chats.updateMember(caller.userId, params.chat_id, caller.userId, body),
  );
}
