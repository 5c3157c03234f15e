import { ENDPOINTS } from '@confab/protocol';
import type { Router } from '../../http/contract';
import type { AvatarService } from './avatars/service';
import type { MediaFiles } from './files';
import type { Uploads } from './receiving/uploads';
import type { MediaService } from './service';

export interface MediaParts {
  media: MediaService;
  files: MediaFiles;
  uploads: Uploads;
  avatars: AvatarService;
}

export function mediaRoutes(router: Router, { media, files, uploads, avatars }: MediaParts): void {
  router.on(ENDPOINTS.uploadMedia, async ({ caller, raw }) => ({
    items: await uploads.receive(caller, raw),
  }));
  router.on(ENDPOINTS.uploadToMessage, async ({ caller, params, raw }) => ({
    items: await uploads.receive(caller, raw, params.message_id),
  }));
  router.on(ENDPOINTS.getMedia, async ({ caller, params, query, raw }) =>
    files.original(raw, await media.find(caller.userId, params.media_id), query.download),
  );
  router.on(ENDPOINTS.mediaThumbnail, async ({ caller, params, raw }) =>
    files.thumbnail(raw, await media.find(caller.userId, params.media_id)),
  );
  router.on(ENDPOINTS.mediaInfo, ({ caller, params }) =>
    media.info(caller.userId, params.media_id),
  );
  router.on(ENDPOINTS.mediaLink, ({ caller, params, query }) =>
    media.link(caller, params.media_id, query),
  );
  router.on(ENDPOINTS.openMediaLink, async ({ params, query, raw }) => {
    const row = await media.ofLink(params.media_id, query);
    return query.variant === 'thumbnail'
      ? files.thumbnail(raw, row)
      : files.original(raw, row, query.download);
  });
  router.on(ENDPOINTS.deleteMedia, ({ caller, params }) =>
    media.delete(caller.userId, params.media_id),
  );
  avatarRoutes(router, avatars, files);
}

function avatarRoutes(router: Router, avatars: AvatarService, files: MediaFiles): void {
  router.on(ENDPOINTS.setMyAvatar, ({ caller, raw }) => avatars.setMine(caller, raw));
  router.on(ENDPOINTS.deleteMyAvatar, ({ caller }) => avatars.removeMine(caller.userId));
  router.on(ENDPOINTS.setChatAvatar, ({ caller, params, raw }) =>
    avatars.setChats(caller, params.chat_id, raw),
  );
  router.on(ENDPOINTS.deleteChatAvatar, ({ caller, params }) =>
    avatars.removeChats(caller.userId, params.chat_id),
  );
  router.on(ENDPOINTS.getAvatar, async ({ params, raw }) =>
    files.avatar(raw, await avatars.keyOf(params.name)),
  );
}
