import type { ChatId, ENDPOINTS, Message, MessageId, SessionId, UserId } from '@confab/protocol';
import type { CallInput, Rest } from './rest';

type Body<N extends keyof typeof ENDPOINTS> = NonNullable<CallInput<(typeof ENDPOINTS)[N]>['body']>;

/** A page of a list: how many items, and the previous page's `next_cursor`. */
export interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Where a page of messages lies: at most one of the three, else the newest page. */
export interface HistoryQuery {
  readonly limit?: number;
  readonly before?: MessageId;
  readonly after?: MessageId;
  readonly around?: MessageId;
}

/** What narrows a search of messages, and a page of its answer. Times are ISO 8601. */
export interface SearchOptions extends PageQuery {
  readonly chat_id?: ChatId;
  readonly sender_id?: UserId;
  readonly content_type?: Message['content_type'];
  readonly sent_before?: string;
  readonly sent_after?: string;
  readonly has_media?: boolean;
  readonly order?: 'newest' | 'best';
}

/** The REST calls by pleasant names. All fail as `Rest.call` does. */
export class Api {
  readonly #rest: Rest;

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  me = () => this.#rest.call('me');
  updateMe = (body: Body<'updateMe'>) => this.#rest.call('updateMe', { body });
  changePassword = (body: Body<'changePassword'>) => this.#rest.call('changePassword', { body });
  setDeviceToken = (body: Body<'deviceToken'>) => this.#rest.call('deviceToken', { body });
  sessions = (query: PageQuery = {}) => this.#rest.call('sessions', { query });
  revokeSession = (session_id: SessionId) =>
    this.#rest.call('revokeSession', { params: { session_id } });
  wsTicket = () => this.#rest.call('wsTicket');

  searchUsers = (q: string, query: PageQuery = {}) =>
    this.#rest.call('searchUsers', { query: { ...query, q } });
  user = (user_id: UserId) => this.#rest.call('getUser', { params: { user_id } });

  chats = (query: PageQuery = {}) => this.#rest.call('listChats', { query });
  chat = (chat_id: ChatId) => this.#rest.call('getChat', { params: { chat_id } });
  createDirect = (body: Body<'createDirect'>) => this.#rest.call('createDirect', { body });
  createGroup = (body: Body<'createGroup'>) => this.#rest.call('createGroup', { body });
  updateChat = (chat_id: ChatId, body: Body<'updateChat'>) =>
    this.#rest.call('updateChat', { params: { chat_id }, body });
  deleteChat = (chat_id: ChatId) => this.#rest.call('deleteChat', { params: { chat_id } });
  chatSettings = (chat_id: ChatId, body: Body<'chatSettings'>) =>
    this.#rest.call('chatSettings', { params: { chat_id }, body });

  members = (chat_id: ChatId, query: PageQuery = {}) =>
    this.#rest.call('listMembers', { params: { chat_id }, query });
  addMember = (chat_id: ChatId, body: Body<'addMember'>) =>
    this.#rest.call('addMember', { params: { chat_id }, body });
  updateMember = (chat_id: ChatId, user_id: UserId, body: Body<'updateMember'>) =>
    this.#rest.call('updateMember', { params: { chat_id, user_id }, body });
  removeMember = (chat_id: ChatId, user_id: UserId) =>
    this.#rest.call('removeMember', { params: { chat_id, user_id } });

  messages = (chat_id: ChatId, query: HistoryQuery = {}) =>
    this.#rest.call('listMessages', { params: { chat_id }, query });
  sendMessage = (chat_id: ChatId, body: Body<'sendMessage'>) =>
    this.#rest.call('sendMessage', { params: { chat_id }, body });
  editMessage = (message_id: MessageId, content: string) =>
    this.#rest.call('editMessage', { params: { message_id }, body: { content } });
  deleteMessage = (message_id: MessageId) =>
    this.#rest.call('deleteMessage', { params: { message_id } });
  markRead = (message_id: MessageId) => this.#rest.call('readMessage', { params: { message_id } });
  receipts = (message_id: MessageId) => this.#rest.call('receipts', { params: { message_id } });
  addReaction = (message_id: MessageId, emoji: string) =>
    this.#rest.call('addReaction', { params: { message_id, emoji } });
  removeReaction = (message_id: MessageId, emoji: string) =>
    this.#rest.call('removeReaction', { params: { message_id, emoji } });

  searchMessages = (q: string, query: SearchOptions = {}) =>
    this.#rest.call('searchMessages', { query: { ...query, q } });

  sync = (body: Body<'sync'>) => this.#rest.call('sync', { body });
  serverInfo = () => this.#rest.call('info');
  status = () => this.#rest.call('status');
}
