import type { DocumentLimits } from './limits';
import { limitText } from './limits';

/** What each tag of the endpoint table is about. A tag without a line here fails the tests. */
export const TAGS: Readonly<Record<string, string>> = {
  Authentication: 'Accounts, tokens, and the devices that are signed in.',
  Users: 'Other people on this server.',
  Privacy: 'Whom you block, and who sees what of you.',
  Chats: 'Direct chats and groups, their members, roles and settings.',
  Messages: 'Sending, history, edits, reactions and receipts. Live delivery is over WebSocket.',
  Invites: 'Links by which people join a group.',
  'Scheduled messages': 'Messages that are sent when their time comes.',
  Sync: 'Catching up after a pause, without gaps and without reading everything again.',
  Media:
    'Files, pictures, video and audio. Large files may be uploaded piece by piece, and go on after ' +
    'a break, by the [tus 1.0 protocol](https://tus.io/protocols/resumable-upload) at ' +
    '`/api/media/tus` (extensions creation, creation-with-upload, expiration, termination), with the ' +
    'same `Authorization`. `Upload-Metadata` has `filename`, `filetype` and, for a message of your ' +
    'own that exists already, `message_id`. The answer to the last `PATCH` names the new file in ' +
    '`X-Media-Id`. An upload goes on for 24 hours; an interrupted one counts among those at the ' +
    'same time only while bytes flow.',
  Notifications: 'What happened while you were away, and where it is pushed.',
  Encryption:
    'Devices, keys and epochs of end-to-end encrypted chats, and keys kept on the server.',
  Reports: 'Telling the administrators of what should not be.',
  Administration: 'For those who run this server.',
  System: 'The server itself.',
};

export function openApiDescription(limits: DocumentLimits): string {
  return `This is the HTTP interface. Messages, typing and presence arrive live over WebSocket: see
[the events](/docs/events) or \`/asyncapi.json\`.

**Signing in.** \`POST /api/auth/register\` or \`/login\` answers an access token; send it as
\`Authorization: Bearer …\`, and renew it with \`POST /api/auth/refresh\` before it expires.

**Conventions.** JSON in snake_case. Ids are positive integers below 2^53 and never used again.
Times are ISO 8601 in UTC with milliseconds. Unknown fields of a request are ignored; a wrong type
is 422. Text must be well-formed Unicode without NUL. Clients must ignore fields that they do not
know.

**Errors** are RFC 9457 problem documents (\`application/problem+json\`). Decide by \`code\`, show
\`detail\`. 404 also stands for what exists but is not yours to know. 429 and 503 carry
\`Retry-After\`.

**Pages.** Messages are paged by id with \`before\`, \`after\` or \`around\`; every other list with an
opaque \`cursor\`: pass \`next_cursor\` until it is null.

**Limits of this server.** ${limitText(limits)}.
`;
}
