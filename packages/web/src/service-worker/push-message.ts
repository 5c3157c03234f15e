/** A notification as the server pushes it. One without a title is a wake-up, whose text stays secret. */
export interface PushMessage {
  readonly title: string | null;
  readonly body: string;
  /** A newer one with the same tag takes the place of an older one. */
  readonly tag: string;
  readonly notificationId: number | null;
  readonly chatId: number | null;
  readonly messageId: number | null;
  /** How much is unread in all; null when that is not known. */
  readonly badge: number | null;
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

const numberOf = (value: unknown): number | null =>
  typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null;

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Reads a push. Browsers want something shown for each, so that one of a newer server counts as a wake-up. */
export function readPush(text: string): PushMessage {
  const { title, body, tag, data } = objectOf(parsed(text));
  const fields = objectOf(data);
  return {
    title: textOf(title),
    body: textOf(body) ?? '',
    tag: textOf(tag) ?? 'confab',
    notificationId: numberOf(fields.notification_id),
    chatId: numberOf(fields.chat_id),
    messageId: numberOf(fields.message_id),
    badge: numberOf(fields.badge),
  };
}

/** What this browser knows of the chat that a push tells of. */
export interface KnownChat {
  readonly name: string | null;
  readonly isEncrypted: boolean;
}

/** What a push says itself; null for a wake-up, and in an encrypted chat, of which no server has words. */
export function ownWords(
  { title, body }: Pick<PushMessage, 'title' | 'body'>,
  { isEncrypted }: KnownChat,
): { title: string; body: string } | null {
  return title === null || isEncrypted ? null : { title, body };
}

/** Where in the app a notification leads. */
export function placeOf({ chatId, messageId }: Pick<PushMessage, 'chatId' | 'messageId'>): string {
  if (chatId === null) return '/app/notifications';
  return `/app/chats/${chatId}${messageId === null ? '' : `/messages/${messageId}`}`;
}
