import { randomBytes } from 'node:crypto';
import { LIMITS } from '@confab/protocol';
import type { Settings } from '../config/settings';
import type { ChatAnnouncer, ChatService, ChatStates } from '../features/chats';
import {
  AvatarService,
  FileKeeper,
  FileRecords,
  Incoming,
  Intake,
  Links,
  LostFiles,
  MediaAccess,
  MediaCounts,
  MediaEraser,
  MediaExport,
  MediaFiles,
  type MediaProcessor,
  MediaRepository,
  MediaService,
  mediaRoutes,
  ProcessingJobs,
  ProcessingPool,
  QuotaRooms,
  Reaper,
  recognise,
  StorageCheck,
  TusUploads,
  tellerOf,
  tusRoutes,
  UnsentSweeper,
  UploadSlots,
  Uploads,
} from '../features/media';
import type { MessageRepository, MessageService } from '../features/messages';
import type { UserService } from '../features/users';
import type { Caller, Router } from '../http/contract';
import type { Clock } from '../lib/clock';
import type { BucketOptions } from '../lib/token-bucket';
import type { Bus, BusMessage } from '../realtime/bus';
import type { BlobStore } from '../storage/blobs/blob-store';
import { mustFitOnDisk, type ReadDisk } from '../storage/blobs/free-space';
import type { Database } from '../storage/database';

/** A user's uploads: two a second on average, sixty at once. */
const UPLOAD_RATE = { rate: 2, burst: 60 };
/** Uploads of everybody at the same time. */
const ALL_UPLOADS = 64;
/** An upload of which nothing comes for so long is given up. */
const STALL_MS = 30_000;
const MIB = 2 ** 20;

/** What tests put in place of the real thing. */
export interface MediaOptions {
  processor?: MediaProcessor;
  readDisk?: ReadDisk;
  /** Uploads of everybody at the same time. */
  maxUploads?: number;
}

export interface ComposeMediaDeps {
  settings: Settings;
  secret: string;
  database: Database;
  store: BlobStore;
  clock: Clock;
  bus: Bus;
  states: ChatStates;
  chats: ChatService;
  announcer: ChatAnnouncer;
  messages: MessageService;
  messageRows: MessageRepository;
  profiles: UserService;
  mustLive: (caller: Caller) => Promise<void>;
  limited: (rate: BucketOptions, what: string) => (userId: number) => void;
  limitChange: (userId: number) => void;
  /** The store does not have a file that it should have. */
  onLostFile: (key: string) => void;
  onError: (error: unknown) => void;
  options: MediaOptions;
}

/** Files: receiving, looking into, serving and erasing them. */
export function composeMedia(deps: ComposeMediaDeps) {
  const { settings, database, clock, store, options } = deps;
  const { committer, read } = database;
  const { now } = clock;
  const media = new MediaRepository(read);
  const incoming = new Incoming(settings.STORAGE_DIR);
  const processor =
    options.processor ?? new ProcessingPool({ clock, workDir: settings.STORAGE_DIR });
  const reaper = new Reaper({ ...deps, media, committer });
  const onDoomed = reaper.heed;
  const closing = new AbortController();
  const counts = new MediaCounts();
  const shared = {
    ...deps,
    bodies: {
      clock,
      stallMs: STALL_MS,
      closing: closing.signal,
      mustFit: (bytes: number) => mustFitOnDisk(incoming.resumable, bytes, options.readDisk),
    },
    media,
    committer,
    now,
    incoming,
    processor,
    recognise,
    onDoomed,
    teller: tellerOf(deps),
    counts,
    keeper: new FileKeeper({ clock, store, committer, randomBytes, onDoomed }),
    slots: new UploadSlots({
      perUser: settings.RATE_LIMITS ? LIMITS.uploadsPerUser : ALL_UPLOADS,
      total: options.maxUploads ?? ALL_UPLOADS,
      clock,
    }),
  };
  const jobs = new ProcessingJobs(shared);
  const quotaBytes = settings.USER_QUOTA_MB * MIB;
  const intake = new Intake({ ...shared, quotaBytes });
  const receiving = {
    ...shared,
    jobs,
    intake,
    rooms: new QuotaRooms({ quotaBytes, usage: (userId) => media.usage(userId) }),
    maxFileBytes: settings.MAX_UPLOAD_MB * MIB,
    limit: deps.limited(UPLOAD_RATE, 'uploads'),
  };
  const uploads = new Uploads({ ...receiving, messages: deps.messageRows });
  const tus = new TusUploads({ ...receiving, uploads, randomBytes });
  const service = new MediaService({
    ...shared,
    access: new MediaAccess(shared),
    links: new Links(deps.secret, now),
  });
  const sweeper = new UnsentSweeper(shared);
  const eraser = new MediaEraser(shared);
  const check = new StorageCheck({
    records: new FileRecords(read),
    store,
    committer,
    now,
    reap: () => reaper.run(),
  });
  const parts = {
    media: service,
    files: new MediaFiles(store, new LostFiles(deps.onLostFile)),
    uploads,
    avatars: new AvatarService(shared),
  };

  async function start(): Promise<void> {
    await reaper.start();
    await sweeper.start();
    jobs.start();
  }

  async function stop(): Promise<void> {
    tus.stop();
    await processor.close();
    await Promise.all([jobs.stop(), sweeper.stop()]);
    await reaper.stop();
  }

  /** What else takes a picture away than the calls that are for it. */
  function follow(message: BusMessage): void {
    const isInfo = message.kind === 'chat' && message.change.kind === 'info';
    if (isInfo || message.kind === 'profile') onDoomed();
  }

  return {
    counts,
    /** Files that are being looked into, or wait for it. */
    queued: () => jobs.queued,
    follow,
    verifyStorage: (repair: boolean) => check.run(repair),
    onDoomed,
    eraseAll: (userId: number) => eraser.eraseAll(userId),
    roomOf: (userId: number) => intake.roomOf(userId),
    exportSource: new MediaExport(media, store),
    tus,
    bind: (router: Router) => {
      tusRoutes(router, tus);
      mediaRoutes(router, parts);
    },
    start,
    /** Breaks off what is still coming in, and what looks at every file. */
    drain: () => {
      closing.abort();
      check.close();
    },
    stop,
  };
}
