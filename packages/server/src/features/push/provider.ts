/** What a device is told while its user is not connected. */
export interface PushNotification {
  notificationId: number;
  type: 'message' | 'mention' | 'group_invite';
  title: string;
  /** Empty for encrypted chats: the device is only woken, and decides itself what to show. */
  body: string;
  chatId: number | null;
  messageId: number | null;
  /** Unread notifications of the user, for the app's badge. */
  badge: number;
}
