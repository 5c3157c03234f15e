import * as chats from '../chats';
import { type Endpoint, endpoint } from '../endpoint';
import type { ErrorCode } from '../errors';
import * as media from '../media';
import * as users from '../users';
import { ChatPath, MessagePath } from './paths';

const UPLOAD = {
  file: { description: 'A file; up to 20 of them under this name', binary: true, required: true },
  is_voice: {
    description: '`1` before a file: it is a voice message (audio alone)',
    binary: false,
  },
  poster: {
    description: 'After a video: the picture to show for it where the server cannot make one',
    binary: true,
  },
} as const satisfies Endpoint['parts'];

const REFUSALS = [
  'invalid',
  'too_large',
  'quota_exceeded',
  'unsupported_media_type',
  'type_mismatch',
  'corrupt_media',
  'media_too_complex',
  'upload_incomplete',
  'too_many_uploads',
  'rate_limited',
  'overloaded',
  'storage_full',
] as const satisfies readonly ErrorCode[];

const KINDS =
  'What a file is, its content decides; a claimed type or a name that says otherwise is refused, ' +
  'and so are HTML, SVG and programs. Pictures and videos lose where and with what they were taken.';

export const mediaEndpoints = {
  uploadMedia: endpoint({
    method: 'post',
    path: '/api/media/upload',
    tag: 'Media',
    summary: 'Upload files, to be sent with a message',
    description: `Name their ids as \`media_ids\` when you send. What is not sent within 24 hours is erased.\n\n${KINDS}`,
    auth: true,
    consumes: 'multipart/form-data',
    parts: UPLOAD,
    status: 201,
    response: media.UploadAnswer,
    errors: REFUSALS,
  }),
  uploadToMessage: endpoint({
    method: 'post',
    path: '/api/media/upload/{message_id}',
    tag: 'Media',
    summary: 'Upload files to a message of your own',
    description: `The chat gets \`message_updated\`. A message has at most 20 files.\n\n${KINDS}`,
    auth: true,
    params: MessagePath,
    consumes: 'multipart/form-data',
    parts: UPLOAD,
    status: 201,
    response: media.UploadAnswer,
    errors: [...REFUSALS, 'forbidden', 'blocked', 'not_found', 'conflict', 'message_deleted'],
  }),
  getMedia: endpoint({
    method: 'get',
    path: '/api/media/{media_id}',
    tag: 'Media',
    summary: 'Get a file',
    description:
      'With `Range`, `If-Range` and `If-None-Match`. Images, audio and video may be shown by a ' +
      'browser, everything else is for saving.',
    auth: true,
    params: media.MediaPath,
    query: media.MediaQuery,
    status: 200,
    produces: '*/*',
    errors: ['invalid', 'not_found', 'precondition_failed', 'range_not_satisfiable', 'overloaded'],
  }),
  mediaThumbnail: endpoint({
    method: 'get',
    path: '/api/media/{media_id}/thumbnail',
    tag: 'Media',
    summary: "Get a file's thumbnail: WebP, at most 480 pixels wide and high",
    auth: true,
    params: media.MediaPath,
    status: 200,
    produces: 'image/webp',
    errors: ['not_found', 'precondition_failed', 'range_not_satisfiable', 'overloaded'],
  }),
  mediaInfo: endpoint({
    method: 'get',
    path: '/api/media/{media_id}/info',
    tag: 'Media',
    summary: 'What is known of a file',
    auth: true,
    params: media.MediaPath,
    status: 200,
    response: media.Media,
    errors: ['not_found'],
  }),
  mediaLink: endpoint({
    method: 'get',
    path: '/api/media/{media_id}/link',
    tag: 'Media',
    summary: 'Get a URL for <img>, <video> and <audio>',
    description:
      'It works without `Authorization` for five minutes at most, while your session lives and ' +
      'you may see the file.',
    auth: true,
    params: media.MediaPath,
    query: media.LinkQuery,
    status: 200,
    response: media.MediaLink,
    errors: ['invalid', 'not_found'],
  }),
  openMediaLink: endpoint({
    method: 'get',
    path: '/media/{media_id}',
    tag: 'Media',
    summary: 'Get a file by a signed URL',
    description: 'A URL that is too old, or whose owner may not see the file any more, is 404.',
    auth: false,
    params: media.MediaPath,
    query: media.SignedQuery,
    status: 200,
    produces: '*/*',
    errors: ['invalid', 'not_found', 'precondition_failed', 'range_not_satisfiable', 'overloaded'],
  }),
  deleteMedia: endpoint({
    method: 'delete',
    path: '/api/media/{media_id}',
    tag: 'Media',
    summary: 'Delete a file: its uploader, or an admin or the owner of its chat',
    description: 'Its message stays, and the chat gets `message_updated`.',
    auth: true,
    params: media.MediaPath,
    status: 204,
    errors: ['forbidden', 'not_found', 'rate_limited'],
  }),
  setMyAvatar: endpoint({
    method: 'put',
    path: '/api/auth/me/avatar',
    tag: 'Media',
    summary: 'Set your picture',
    description:
      'The body is an image. It is cut to a square and made anew in two sizes: `avatar_url` is ' +
      'the one of 512 pixels; with `-96` before `.webp` it is the one of 96.',
    auth: true,
    consumes: 'image/*',
    status: 200,
    response: users.Me,
    errors: REFUSALS,
  }),
  deleteMyAvatar: endpoint({
    method: 'delete',
    path: '/api/auth/me/avatar',
    tag: 'Media',
    summary: 'Take your picture away',
    auth: true,
    status: 204,
    errors: ['rate_limited'],
  }),
  setChatAvatar: endpoint({
    method: 'put',
    path: '/api/chats/{chat_id}/avatar',
    tag: 'Media',
    summary: "Set a group's picture (admin, owner)",
    description: 'The body is an image, as for your own picture.',
    auth: true,
    params: ChatPath,
    consumes: 'image/*',
    status: 200,
    response: chats.Chat,
    errors: [...REFUSALS, 'forbidden', 'not_found'],
  }),
  deleteChatAvatar: endpoint({
    method: 'delete',
    path: '/api/chats/{chat_id}/avatar',
    tag: 'Media',
    summary: "Take a group's picture away (admin, owner)",
    auth: true,
    params: ChatPath,
    status: 204,
    errors: ['forbidden', 'not_found', 'rate_limited'],
  }),
  getAvatar: endpoint({
    method: 'get',
    path: '/media/avatars/{name}',
    tag: 'Media',
    summary: 'Get a picture of a user or a group',
    description: 'Its name cannot be guessed, and it never changes: a new picture has a new name.',
    auth: false,
    params: media.AvatarPath,
    status: 200,
    produces: 'image/webp',
    errors: ['invalid', 'not_found', 'overloaded'],
  }),
} as const;
