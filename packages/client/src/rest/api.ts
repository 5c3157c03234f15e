import type {
  ChatId,
  ENDPOINTS,
  Envelope,
  MediaId,
  MentionId,
  Message,
  MessageId,
  NotificationId,
  ScheduledId,
  SessionId,
  UserId,
} from '@confab/protocol';
import { AdminApi } from './admin-api';
import { EncryptionApi } from './encryption-api';
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
  /** An ISO time: around the first message sent then or later. */
  readonly at?: string;
}

/** What narrows a search of messages, and a page of its answer. Times are ISO 8601. */
export interface SearchOptions extends PageQuery {
  readonly chat_id?: ChatId;
  readonly sender_id?: UserId;
  readonly content_type?: Exclude<Message['content_type'], 'system'>;
  readonly sent_before?: string;
  readonly sent_after?: string;
  readonly has_media?: boolean;
  readonly order?: 'newest' | 'best';
}

/** The REST calls by pleasant names. All fail as `Rest.call` does. */
export class Api {
  readonly #rest: Rest;
  /** For those with the server role `admin`. */
  readonly admin: AdminApi;
  /** Keys, devices, epochs and backups. */
  readonly encryption: EncryptionApi;

  constructor(rest: Rest) {
    this.#rest = rest;
    this.admin = new AdminApi(rest);
    this.encryption = new EncryptionApi(rest);
  }

  me = () => this.#rest.call('me');
  updateMe = (body: Body<'updateMe'>) => this.#rest.call('updateMe', { body });
  changePassword = (body: Body<'changePassword'>) => this.#rest.call('changePassword', { body });
  setDeviceToken = (body: Body<'deviceToken'>) => this.#rest.call('deviceToken', { body });
  sessions = (query: PageQuery = {}) => this.#rest.call('sessions', { query });
  revokeSession = (session_id: SessionId) =>
    this.#rest.call('revokeSession', { params: { session_id } });
  wsTicket = () => this.#rest.call('wsTicket');
  /** All of one's data as a ZIP file; its `body` is to be read bit by bit, as it may be large. */
  exportMe = () => this.#rest.open('exportMe');
  /** Erases the account, for good. */
  deleteMe = (password: string) => this.#rest.call('deleteMe', { body: { password } });
  report = (body: Body<'createReport'>) => this.#rest.call('createReport', { body });

  searchUsers = (q: string, query: PageQuery = {}) =>
    this.#rest.call('searchUsers', { query: { ...query, q } });
  user = (user_id: UserId) => this.#rest.call('getUser', { params: { user_id } });

  block = (user_id: UserId) => this.#rest.call('blockUser', { params: { user_id } });
  unblock = (user_id: UserId) => this.#rest.call('unblockUser', { params: { user_id } });
  blocked = (query: PageQuery = {}) => this.#rest.call('blockedUsers', { query });
  privacy = () => this.#rest.call('getPrivacy');
  setPrivacy = (body: Body<'updatePrivacy'>) => this.#rest.call('updatePrivacy', { body });

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
  editMessage = (message_id: MessageId, content: string, envelope?: Envelope) =>
    this.#rest.call('editMessage', {
      params: { message_id },
      body: { content, ...(envelope ? { envelope } : {}) },
    });
  deleteMessage = (message_id: MessageId) =>
    this.#rest.call('deleteMessage', { params: { message_id } });
  markRead = (message_id: MessageId) => this.#rest.call('readMessage', { params: { message_id } });
  receipts = (message_id: MessageId) => this.#rest.call('receipts', { params: { message_id } });
  addReaction = (message_id: MessageId, emoji: string) =>
    this.#rest.call('addReaction', { params: { message_id, emoji } });
  removeReaction = (message_id: MessageId, emoji: string) =>
    this.#rest.call('removeReaction', { params: { message_id, emoji } });

  mediaInfo = (media_id: MediaId) => this.#rest.call('mediaInfo', { params: { media_id } });
  deleteMedia = (media_id: MediaId) => this.#rest.call('deleteMedia', { params: { media_id } });
  removeAvatar = () => this.#rest.call('deleteMyAvatar');
  removeChatAvatar = (chat_id: ChatId) =>
    this.#rest.call('deleteChatAvatar', { params: { chat_id } });

  createInvite = (chat_id: ChatId, body: Body<'createInvite'> = {}) =>
    this.#rest.call('createInvite', { params: { chat_id }, body });
  invites = (chat_id: ChatId, query: PageQuery = {}) =>
    this.#rest.call('listInvites', { params: { chat_id }, query });
  revokeInvite = (chat_id: ChatId, code: string) =>
    this.#rest.call('revokeInvite', { params: { chat_id, code } });
  invitePreview = (code: string) => this.#rest.call('invitePreview', { params: { code } });
  acceptInvite = (code: string) => this.#rest.call('acceptInvite', { params: { code } });

  pin = (message_id: MessageId) => this.#rest.call('pinMessage', { params: { message_id } });
  unpin = (message_id: MessageId) => this.#rest.call('unpinMessage', { params: { message_id } });
  pins = (chat_id: ChatId, query: PageQuery = {}) =>
    this.#rest.call('listPins', { params: { chat_id }, query });

  schedule = (body: Body<'scheduleMessage'>) => this.#rest.call('scheduleMessage', { body });
  scheduled = (query: PageQuery = {}) => this.#rest.call('listScheduled', { query });
  updateScheduled = (scheduled_id: ScheduledId, body: Body<'updateScheduled'>) =>
    this.#rest.call('updateScheduled', { params: { scheduled_id }, body });
  cancelScheduled = (scheduled_id: ScheduledId) =>
    this.#rest.call('cancelScheduled', { params: { scheduled_id } });
  vapidPublicKey = () => this.#rest.call('vapidPublicKey');
  subscribeWebPush = (body: Body<'subscribeWebPush'>) =>
    this.#rest.call('subscribeWebPush', { body });
  /** Without an endpoint, the subscription of this session. */
  unsubscribeWebPush = (body: Body<'unsubscribeWebPush'> = {}) =>
    this.#rest.call('unsubscribeWebPush', { body });
  testPush = () => this.#rest.call('testPush');
  notifications = (query: PageQuery & { readonly unreadOnly?: boolean } = {}) => {
    const { unreadOnly = false, ...page } = query;
    return this.#rest.call('listNotifications', { query: { ...page, unread_only: unreadOnly } });
  };
  /** The unread ones. */
  mentions = (query: PageQuery = {}) => this.#rest.call('listMentions', { query });
  notificationCount = () => this.#rest.call('notificationCount');
  readNotification = (notification_id: NotificationId) =>
    this.#rest.call('readNotification', { params: { notification_id } });
  readMention = (mention_id: MentionId) =>
    this.#rest.call('readMention', { params: { mention_id } });
  readAllNotifications = () => this.#rest.call('readAllNotifications');
  notificationSettings = () => this.#rest.call('getNotificationSettings');
  setNotificationSettings = (body: Body<'setNotificationSettings'>) =>
    this.#rest.call('setNotificationSettings', { body });
  searchMessages = (q: string, query: SearchOptions = {}) =>
    this.#rest.call('searchMessages', { query: { ...query, q } });

  sync = (body: Body<'sync'>) => this.#rest.call('sync', { body });
  serverInfo = () => this.#rest.call('info');
  status = () => this.#rest.call('status');
}
