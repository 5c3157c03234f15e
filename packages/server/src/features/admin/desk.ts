import {
  AdminReportQuery,
  type AdminUserDetails,
  AdminUserQuery,
  ConfabError,
  ListQuery,
  ReportId,
  ResetPassword,
  ResolveReport,
  Retention as RetentionBody,
  validated,
} from '@confab/protocol';
import { z } from 'zod';
import { COMMAND_LINE } from '../audit';
import { chosenPassword } from './password';
import type { Administration } from './routes';

/** Why nothing would be pushed to a user, one sentence each; nothing when all is well. */
export type WhyNoPush = (userId: number) => Promise<string[]>;

/** Compares the stored files with the database. @param repair mends what can be mended */
export type VerifyStorage = (repair: boolean) => Promise<unknown>;

export interface DeskDeps extends Administration {
  whyNoPush: WhyNoPush;
  verifyStorage: VerifyStorage;
}

const OfUser = z.object({ username: z.string().min(1) });

const task = <S extends z.ZodType>(
  schema: S,
  run: (deps: DeskDeps, input: z.output<S>) => Promise<unknown>,
) => ({
  schema,
  run: (deps: DeskDeps, input: unknown) => run(deps, validated(schema, input, 'What was given')),
});

const ofUser = (run: (deps: DeskDeps, userId: number) => Promise<unknown>) =>
  task(OfUser, async (deps, { username }) => run(deps, await deps.admin.idOf(username)));

/** A change of an account, with whether it was so already: then nothing changed. */
const change = (
  isSo: (user: AdminUserDetails) => boolean,
  run: (admin: Administration['admin'], userId: number) => Promise<AdminUserDetails>,
) =>
  ofUser(async ({ admin }, id) => {
    const already = isSo(await admin.user(id));
    return { ...(await run(admin, id)), already };
  });

/** What can be asked of a server on its command line. */
const TASKS = {
  users: task(AdminUserQuery, ({ admin }, query) => admin.users(query)),
  user: ofUser(({ admin }, id) => admin.user(id)),
  promote: change(
    (user) => user.server_role === 'admin',
    (admin, id) => admin.setRole(COMMAND_LINE, id, 'admin'),
  ),
  demote: change(
    (user) => user.server_role === 'user',
    (admin, id) => admin.setRole(COMMAND_LINE, id, 'user'),
  ),
  deactivate: change(
    (user) => user.state === 'deactivated',
    (admin, id) => admin.setActive(COMMAND_LINE, id, false),
  ),
  reactivate: change(
    (user) => user.state === 'active',
    (admin, id) => admin.setActive(COMMAND_LINE, id, true),
  ),
  resetPassword: task(OfUser.extend(ResetPassword.shape), async ({ admin }, input) =>
    admin.resetPassword(COMMAND_LINE, await admin.idOf(input.username), chosenPassword(input)),
  ),
  sessions: task(OfUser.extend(ListQuery.shape), async ({ admin }, input) =>
    admin.sessions(await admin.idOf(input.username), input),
  ),
  closeSessions: ofUser(async ({ admin }, id) => ({
    closed: await admin.closeSessions(COMMAND_LINE, id),
  })),
  reports: task(AdminReportQuery, ({ reports }, query) => reports.page(query)),
  closeReport: task(ResolveReport.extend({ id: ReportId }), async ({ reports }, { id, note }) => {
    const already = await reports.isResolved(id);
    return { ...(await reports.resolve(COMMAND_LINE, id, note ?? null)), already };
  }),
  retention: task(z.object({}), async ({ retention }) => ({ days: retention.days })),
  setRetention: task(RetentionBody, async ({ retention }, { days }) => {
    await retention.set(COMMAND_LINE, days);
    return { days: retention.days };
  }),
  auditLog: task(ListQuery, ({ auditLog }, query) => auditLog.page(query)),
  verifyStorage: task(z.object({ repair: z.boolean() }), ({ verifyStorage }, { repair }) =>
    verifyStorage(repair),
  ),
  whyNoPush: ofUser(async ({ whyNoPush }, id) => ({ reasons: await whyNoPush(id) })),
};

export type DeskTask = keyof typeof TASKS;

const isTask = (name: string): name is DeskTask => Object.hasOwn(TASKS, name);

/** Does what is asked on the server's command line: in the running server, or without one. */
export class OperatorDesk {
  readonly #deps: DeskDeps;

  constructor(deps: DeskDeps) {
    this.#deps = deps;
  }

  /** @throws ConfabError as the services do, and `not_found` when there is no such task */
  async run(name: string, input: unknown): Promise<unknown> {
    if (!isTask(name)) throw new ConfabError('not_found', `There is no task "${name}"`);
    return TASKS[name].run(this.#deps, input);
  }
}
