import { RATES } from '@confab/protocol';
import type { Settings } from '../config/settings';
import {
  AccountEraser,
  AccountExport,
  AccountService,
  accountRoutes,
  ChatExport,
  type EraseStep,
  ErasureRepository,
  ExportRepository,
  ExportService,
  type ExportSource,
} from '../features/account';
import { adminRoutes, type VerifyStorage, type WhyNoPush } from '../features/admin';
import type { AuthService, SessionRepository } from '../features/auth';
import type {
  ChatAnnouncer,
  ChatEraser,
  ChatRepository,
  ChatService,
  ChatStates,
} from '../features/chats';
import { Departures } from '../features/chats';
import type { MessageRepository, MessageService } from '../features/messages';
import { type ReportService, reportRoutes } from '../features/reports';
import type { UserService } from '../features/users';
import type { Router } from '../http/contract';
import type { BucketOptions } from '../lib/token-bucket';
import type { Bus } from '../realtime/bus';
import type { OnlineLeases } from '../realtime/online';
import type { Database } from '../storage/database';
import { composeDesk } from './compose-desk';

export interface AdministrationDeps {
  settings: Settings;
  database: Database;
  bus: Bus;
  online: OnlineLeases;
  now: () => number;
  limited: (rate: BucketOptions, what: string) => (userId: number) => void;
  pause: () => Promise<void>;
  /** Something was erased for good. */
  onErased: () => void;
  onError: (error: unknown) => void;
  auth: AuthService;
  profiles: UserService;
  sessions: SessionRepository;
  chats: ChatService;
  chatRows: ChatRepository;
  states: ChatStates;
  announcer: ChatAnnouncer;
  chatEraser: ChatEraser;
  messages: MessageService;
  messageRows: MessageRepository;
  /** What other features erase of an account. */
  eraseSteps: readonly EraseStep[];
  /** What is erased of an account in what stays of it. */
  eraseErrands: readonly ((userId: number) => Promise<void>)[];
  /** What other features add to an export. */
  exportSources: readonly ExportSource[];
  whyNoPush: WhyNoPush;
  verifyStorage: VerifyStorage;
}

export type AdministrationServices = Awaited<ReturnType<typeof composeAdministration>>;

/** Accounts' ends, exports, reports, and what administrators do. */
export async function composeAdministration(deps: AdministrationDeps) {
  const { database, bus, now, online, whyNoPush, verifyStorage } = deps;
  const { desk, ...parts } = await composeDesk({
    database,
    bus,
    now,
    isOnline: (userId) => online.isOnline(userId),
    limitReport: deps.limited(RATES.reports, 'reports'),
    whyNoPush,
    verifyStorage,
  });
  const { admin, reports, retention } = parts;
  const eraser = accountEraser(deps);
  const accounts = new AccountService(deps.auth, eraser);
  const exports = exportService(deps, reports);
  const bind = (router: Router) => {
    accountRoutes(router, accounts, exports);
    reportRoutes(router, reports);
    adminRoutes(router, parts);
  };
  return { admin, retention, eraser, exports, desk, bind };
}

function accountEraser(deps: AdministrationDeps): AccountEraser {
  const { database, bus, now, onError, chatRows } = deps;
  const { read, committer } = database;
  const departures = new Departures({
    chats: chatRows,
    states: deps.states,
    committer,
    announcer: deps.announcer,
    eraser: deps.chatEraser,
    now,
  });
  return new AccountEraser({
    erasures: new ErasureRepository(read),
    departures,
    chats: chatRows,
    committer,
    bus,
    now,
    onError,
    steps: deps.eraseSteps,
    errands: deps.eraseErrands,
    onErased: deps.onErased,
  });
}

function exportService(deps: AdministrationDeps, reports: ReportService): ExportService {
  const chats = new ChatExport({
    rows: new ExportRepository(deps.database.read),
    chats: deps.chats,
    states: deps.states,
    messages: deps.messageRows,
    messageService: deps.messages,
    pause: deps.pause,
  });
  return new ExportService({
    profiles: deps.profiles,
    sources: [
      new AccountExport(deps.profiles, deps.sessions, reports),
      chats,
      ...deps.exportSources,
    ],
    now: deps.now,
    onError: deps.onError,
    limits: deps.settings.RATE_LIMITS,
  });
}
