import { RATES } from '@confab/protocol';
import type { Settings } from '../config/settings';
import { type AuthService, UnlockSealer } from '../features/auth';
import type { ChatStates } from '../features/chats';
import {
  AccountKeyService,
  ApprovalService,
  ChatKeyRepository,
  ChatKeyService,
  DeviceService,
  KeyAnnouncer,
  type KeyPair,
  KeyPool,
  KeyRepository,
  KeyService,
  keyRoutes,
  TextService,
} from '../features/keys';
import type { Router } from '../http/contract';
import type { Clock } from '../lib/clock';
import type { BucketOptions } from '../lib/token-bucket';
import type { Bus } from '../realtime/bus';
import type { Database } from '../storage/database';

/** Account keys that lie ready for those who register. */
const READY_KEYS = 4;
/** How long after the start the first are made: half a second of a processor each. */
const POOL_DELAY_MS = 2_000;

export interface KeyComposition {
  settings: Settings;
  secret: string;
  database: Database;
  clock: Clock;
  bus: Bus;
  states: ChatStates;
  limited: (rate: BucketOptions, what: string) => (userId: number) => void;
  apartFrom: (userId: number) => ReadonlySet<number> | Promise<ReadonlySet<number>>;
  pause: () => Promise<void>;
  /** Signing in, which needs account keys itself. */
  auth: () => Pick<AuthService, 'confirm'>;
  onError: (error: unknown) => void;
  /** Makes account keys; another way for tests, which have no time. */
  generateKeyPair: (() => Promise<KeyPair>) | undefined;
}

/** Devices, account keys, and the keys of encrypted chats. */
export function composeKeys(deps: KeyComposition) {
  const { settings, database, clock, bus, limited, onError } = deps;
  const { apartFrom, states } = deps;
  const { committer, read } = database;
  const { now } = clock;
  const limit = limited(RATES.keyUploads, 'uploads of keys');
  const limitRead = limited(RATES.keyReads, 'looks at keys');
  const sealer = new UnlockSealer(deps.secret);
  const keys = new KeyRepository(read);
  const announcer = new KeyAnnouncer({ keys, bus, apartFrom, pause: deps.pause, onError });
  const pool = new KeyPool({ size: READY_KEYS, onError, generate: deps.generateKeyPair });
  const isAssisted = settings.ENCRYPTION_MODE === 'assisted';
  const accountKeys = new AccountKeyService({
    keys,
    pool,
    announcer,
    committer,
    clock,
    isAssisted,
    limit,
    limitMaking: limited(RATES.accountKeys, 'new account keys'),
    openUnlock: ({ sessionId, unlock }) =>
      unlock === undefined ? null : sealer.open(sessionId, unlock),
    confirm: (caller, password, ip) => deps.auth().confirm(caller, password, ip),
    onError,
  });
  const devices = new DeviceService({ keys, announcer, committer, now, limit, limitRead });
  const services = {
    accountKeys,
    devices,
    keys: new KeyService({
      keys,
      committer,
      now,
      limitBackup: limited(RATES.backups, 'backups'),
      limitRead,
      apartFrom,
    }),
    approvals: new ApprovalService({ keys, committer, now, limit, limitRead, devices, bus }),
    texts: new TextService({
      keys,
      accountKeys,
      states,
      limitEncrypt: limited(RATES.encrypts, 'texts to encrypt'),
      limitDecrypt: limited(RATES.decrypts, 'tries to decrypt'),
      apartFrom,
    }),
    chatKeys: new ChatKeyService({
      chatKeys: new ChatKeyRepository(read),
      keys,
      states,
      committer,
      bus,
      now,
      limit,
      limitRead,
    }),
  };
  return {
    ...services,
    sealer,
    bind: (router: Router) => keyRoutes(router, services),
    counts: {
      get ready() {
        return pool.ready;
      },
      get epochs() {
        return services.chatKeys.posted;
      },
    },
    start: () => {
      if (isAssisted) clock.after(POOL_DELAY_MS, () => pool.fill());
    },
    stop: () => pool.stop(),
  };
}
