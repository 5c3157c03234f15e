import {
  Blocks,
  PrivacyRepository,
  PrivacyService,
  PrivacySettings,
  privacyRoutes,
  Visibility,
} from '../features/privacy';
import {
  InactiveUsers,
  type RoomOf,
  UserDirectory,
  UserRepository,
  UserService,
  userRoutes,
} from '../features/users';
import type { Router } from '../http/contract';
import type { Bus } from '../realtime/bus';
import type { OnlineLeases } from '../realtime/online';
import type { Database } from '../storage/database';

export interface PeopleDeps {
  database: Database;
  bus: Bus;
  online: OnlineLeases;
  now: () => number;
  limitChange: (userId: number) => void;
  /** Users that one may block. */
  maxBlocks: number;
  roomOf: RoomOf;
}

/** Who there is, and who sees what of whom. */
export function composePeople({ database, bus, online, now, ...deps }: PeopleDeps) {
  const { committer, read } = database;
  const { limitChange: limit, maxBlocks, roomOf } = deps;
  const users = new UserRepository(read);
  const inactive = new InactiveUsers(users);
  const isInactive = (userId: number) => inactive.has(userId);
  const repository = new PrivacyRepository(read);
  const settings = new PrivacySettings(repository, isInactive);
  const blocks = new Blocks(repository);
  const visibility = new Visibility({ settings, blocks, repository });
  const directory = new UserDirectory(users, online);
  const profiles = new UserService({
    users,
    directory,
    visibility,
    committer,
    bus,
    limit,
    roomOf,
  });
  const privacy = new PrivacyService({
    repository,
    committer,
    bus,
    now,
    maxBlocks,
    limit,
    present: (viewerId, userIds) => profiles.many(viewerId, userIds),
  });
  return {
    users,
    inactive,
    isInactive,
    blocks,
    visibility,
    directory,
    profiles,
    /** Everybody whom a user blocked or who blocked them. */
    apartFrom: (userId: number) => blocks.of(userId),
    bind: (router: Router) => {
      privacyRoutes(router, privacy);
      userRoutes(router, profiles);
    },
    load: async () => {
      await settings.load();
      await inactive.load();
    },
  };
}
