import { randomBytes, randomUUID } from 'node:crypto';
import { RATES } from '@confab/protocol';
import type { ChatAnnouncer, ChatService, ChatState, ChatStates } from '../features/chats';
import { ExpiryRepository, ExpirySweeper } from '../features/expiry';
import { InviteRepository, InviteService, inviteRoutes } from '../features/invites';
import type { MessageService } from '../features/messages';
import {
  ScheduledRepository,
  ScheduledSender,
  ScheduledService,
  scheduledRoutes,
} from '../features/scheduled';
import type { UserDirectory } from '../features/users';
import type { Router } from '../http/contract';
import type { Clock } from '../lib/clock';
import type { BucketOptions } from '../lib/token-bucket';
import type { Bus } from '../realtime/bus';
import type { Database } from '../storage/database';

export interface ExtrasDeps {
  clock: Clock;
  database: Database;
  bus: Bus;
  states: ChatStates;
  directory: UserDirectory;
  announcer: ChatAnnouncer;
  chats: ChatService;
  messages: MessageService;
  limited: (rate: BucketOptions, what: string) => (userId: number) => void;
  limitChange: (userId: number) => void;
  maxGroupMembers: number;
  /** How long this server keeps messages; null for ever. */
  retentionMs: () => number | null;
  onErased: () => void;
  tellUnread: (state: ChatState, userIds: readonly number[]) => void;
  onError: (error: unknown) => void;
}

/** Invitations, scheduled messages, and messages that disappear. */
export function composeExtras(deps: ExtrasDeps) {
  const { clock, database, bus, messages, limited, limitChange, maxGroupMembers } = deps;
  const { committer, read } = database;
  const { now } = clock;
  const invites = new InviteService({
    ...deps,
    invites: new InviteRepository(read),
    committer,
    now,
    randomBytes,
    maxGroupMembers,
    limit: limitChange,
    limitTries: limited(RATES.inviteTries, 'tries at invitations'),
  });
  const scheduledRows = new ScheduledRepository(read);
  const sender = new ScheduledSender({ ...deps, scheduled: scheduledRows, committer });
  const scheduled = new ScheduledService({
    scheduled: scheduledRows,
    messages,
    committer,
    bus,
    now,
    randomUuid: randomUUID,
    limit: limitChange,
    onDue: (at) => sender.heed(at),
  });
  const sweeper = new ExpirySweeper({
    ...deps,
    expiry: new ExpiryRepository(read),
    viewOf: (state) => messages.viewOf(state),
    prepareView: (senderIds) => messages.prepareView(senderIds),
    committer,
  });
  return {
    sweeper,
    bind: (router: Router) => {
      inviteRoutes(router, invites);
      scheduledRoutes(router, scheduled);
    },
    start: async () => {
      sweeper.start();
      await sender.start();
    },
    stop: async () => {
      await Promise.all([sender.stop(), sweeper.stop()]);
    },
  };
}
