import { CLOSE, type CloseReaction } from '../close-codes';
import { ERRORS, type ErrorCode } from '../errors';
import { BEARER_SUBPROTOCOL, SUBPROTOCOL } from '../events';
import { type DocumentLimits, limitText } from './limits';

/** What a client does after a close, in words. */
const REACTIONS: Record<CloseReaction, string> = {
  retry: 'Connect again, with jittered backoff.',
  retry_later: 'Connect again after the longest backoff; slow down.',
  refresh: 'Refresh the token, then connect again.',
  stop: 'Do not connect again as you are.',
};

export interface CloseCodeRow {
  code: number;
  reason: string;
  reaction: string;
}

export function closeCodeRows(): CloseCodeRow[] {
  return Object.values(CLOSE)
    .map(({ code, reason, reaction }) => ({ code, reason, reaction: REACTIONS[reaction] }))
    .sort((a, b) => a.code - b.code);
}

export interface ErrorRow {
  code: ErrorCode;
  status: number;
  title: string;
  temporary: boolean;
}

/** Every code that an `error` frame or a problem document may carry. */
export function errorRows(): ErrorRow[] {
  return (Object.keys(ERRORS) as ErrorCode[]).map((code) => ({ code, ...ERRORS[code] }));
}

export interface AccessWay {
  how: string;
  text: string;
}

/** The ways to show who one is when opening the socket. */
export const ACCESS_WAYS: readonly AccessWay[] = [
  {
    how: '/ws/{access_token}',
    text: 'An access token, or a ticket from `POST /api/auth/ws-ticket`, in the path. A ticket works once and does not leak a token into logs.',
  },
  {
    how: '/ws with an Authorization header',
    text: '`Authorization: Bearer <access token>`, for clients that can set headers.',
  },
  {
    how: '/ws with subprotocols',
    text: `\`Sec-WebSocket-Protocol: ${SUBPROTOCOL}, ${BEARER_SUBPROTOCOL}<access token>\`, for browsers. Only \`${SUBPROTOCOL}\` is echoed.`,
  },
];

/** What happens before the first frame: answers to the upgrade itself. */
export const HANDSHAKE_ERRORS: readonly { status: number; text: string }[] = [
  { status: 401, text: 'No token, or it is not valid or has expired.' },
  { status: 403, text: 'The Origin is neither this host nor an allowed one.' },
  { status: 429, text: 'Too many connections of this user.' },
  { status: 503, text: 'The server is overloaded; Retry-After says for how long.' },
];

/** How the conversation goes, paragraph by paragraph. */
export const CONVERSATION: readonly { title: string; text: string }[] = [
  {
    title: 'Frames',
    text: 'Each frame is one JSON object in a text message, told apart by its `type`. Unknown fields are ignored on both sides; a client also ignores types that it does not know.',
  },
  {
    title: 'Opening',
    text: 'The server speaks first: `ready`. From then on the connection gets the events of all chats of its user; nothing need be joined.',
  },
  {
    title: 'Answers',
    text: 'A command with a `request_id` is answered by an `ack` or an `error` with that id. Without one, only errors are answered. The ack of `send_message` means that the message is on disk.',
  },
  {
    title: 'Sending safely',
    text: 'Give each message a `client_message_id` (a UUID). When no ack came, send the same frame again: it makes one message, for ever, and the answer is the first one.',
  },
  {
    title: 'Order and gaps',
    text: '`seq` numbers the messages of a chat without gaps; `rev` grows by one with each durable change of it. After a reconnect, or when the sum of your revs differs from that of a `heartbeat`, send `sync` with the revs you hold.',
  },
  {
    title: 'Deliveries',
    text: `A connection that negotiated the subprotocol \`${SUBPROTOCOL}\` confirms deliveries itself with \`message_delivered\`. For others a message counts as delivered when it left the server.`,
  },
];

export function asyncApiDescription(limits: DocumentLimits): string {
  const access = ACCESS_WAYS.map(({ how, text }) => `- \`${how}\`: ${text}`);
  const handshake = HANDSHAKE_ERRORS.map(({ status, text }) => `- ${status}: ${text}`);
  const closes = closeCodeRows().map(
    ({ code, reason, reaction }) => `| ${code} | ${reason} | ${reaction} |`,
  );
  return [
    'The live interface of Confab, a chat server that you host yourself.',
    ...CONVERSATION.map(({ title, text }) => `**${title}.** ${text}`),
    ['**Signing in**', '', ...access].join('\n'),
    ['**Refused before the upgrade**', '', ...handshake].join('\n'),
    ['| close code | reason | what to do |', '|---|---|---|', ...closes].join('\n'),
    `**Limits.** ${limitText(limits)}.`,
  ].join('\n\n');
}
