import type { FirebaseCredentials } from '../config/firebase';
import type { Settings } from '../config/settings';
import {
  FCM_URL,
  FirebaseProvider,
  Journal,
  KeptVapidKeys,
  PushRepository,
  PushService,
  PushTester,
  pushRoutes,
  type Resolve,
  systemResolve,
  Targets,
  Vapid,
  WebPushProvider,
  WebPushSubscriptions,
  type Worded,
} from '../features/push';
import type { Router } from '../http/contract';
import type { Clock } from '../lib/clock';
import type { Logger } from '../observability/log';
import type { Database } from '../storage/database';

/** What pushing reaches outside of this server; tests put something of their own there. */
export interface PushOptions {
  /** The service account, when Firebase is set up. */
  firebase?: FirebaseCredentials | undefined;
  fcmUrl?: string;
  resolve?: Resolve;
  /** Lets push services of browsers be on this machine. */
  allowsThisMachine?: boolean;
  /** From 0 to 1, for the jitter of retries. */
  random?: () => number;
  worded?: Worded;
}

export interface ComposePushDeps {
  settings: Settings;
  database: Database;
  clock: Clock;
  log: Logger;
  /** Of changes, and of test notifications. */
  limitChange: (userId: number) => void;
  limitTest: (userId: number) => void;
  worded: Worded;
  options: PushOptions;
}

/** Puts the push notifications together. */
export function composePush(deps: ComposePushDeps) {
  const { settings, database, clock, log, options, limitChange, limitTest } = deps;
  const { committer, read } = database;
  const { now } = clock;
  const repository = new PushRepository(read);
  const keys = new KeptVapidKeys(repository, committer);
  const { allowsThisMachine = false, resolve = systemResolve } = options;
  const targets = new Targets(allowsThisMachine, resolve, clock);
  const vapid = new Vapid({ keys: keys.get, subject: settings.VAPID_SUBJECT, now });
  const { firebase: credentials, fcmUrl: url = FCM_URL } = options;
  const providers = {
    firebase: credentials && new FirebaseProvider({ credentials, clock, url }),
    web_push: new WebPushProvider({ clock, vapid, targets }),
  };
  const onError = (error: unknown) => log.error({ err: error }, 'The push log was not written');
  const push = new PushService({
    clock,
    random: options.random ?? Math.random,
    repository,
    committer,
    providers,
    journal: new Journal(clock, committer, onError),
    log,
    worded: options.worded ?? deps.worded,
  });
  const subscriptions = new WebPushSubscriptions({
    keys,
    targets,
    committer,
    now,
    limit: limitChange,
  });
  const tester = new PushTester({ push, repository, providers, now, limit: limitTest });
  const bind = (router: Router) => pushRoutes(router, subscriptions, tester);
  return { push, bind };
}
