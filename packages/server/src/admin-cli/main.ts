import { ConfabError, LIMITS } from '@confab/protocol';
import { readSettings, SettingsError } from '../config/settings';
import { MigrationError } from '../storage/migrate';
import { type Backend, openBackend } from './backend';
import { type Plan, planOf } from './commands';
import { CliError } from './failure';
import { show } from './views';

/** @returns the exit code */
async function main(): Promise<number> {
  // What is made is for nobody else on this machine.
  process.umask(0o077);
  const plan = planOf(process.argv.slice(2));
  if (plan.kind === 'help') {
    process.stdout.write(plan.text);
    return 0;
  }
  const input = plan.passwordFromStdin
    ? { ...plan.input, new_password: await passwordFromStdin() }
    : plan.input;
  const backend = await openBackend(readSettings(process.env));
  try {
    const answer = await ask(backend, { ...plan, input });
    process.stdout.write(
      plan.json ? `${JSON.stringify(answer, null, 2)}\n` : show(plan.view, answer, input),
    );
    return plan.findsFault(answer) ? 1 : 0;
  } finally {
    await backend.close();
  }
}

function ask(backend: Backend, plan: Plan): Promise<unknown> {
  if (plan.limit === undefined) return backend.ask(plan.task, plan.input);
  return pages(backend, plan, plan.limit);
}

/** A list, page by page, up to as many items as were asked for. */
async function pages(backend: Backend, plan: Plan, limit: number) {
  const items: unknown[] = [];
  let cursor: string | null = null;
  do {
    const size = Math.min(LIMITS.pageSize, limit - items.length);
    const input = { ...plan.input, limit: size, ...(cursor === null ? {} : { cursor }) };
    const page: { items: unknown[]; next_cursor: string | null } = await backend.ask(
      plan.task,
      input,
    );
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null && items.length < limit);
  return { items, has_more: cursor !== null };
}

async function passwordFromStdin(): Promise<string> {
  const text = await Bun.stdin.text();
  const password = text.replace(/\r?\n$/, '');
  if (password === '') throw new CliError('There is no password on standard input', 2);
  return password;
}

const PLAIN = [ConfabError, CliError, SettingsError, MigrationError];

function fail(error: unknown): never {
  const plain = PLAIN.some((kind) => error instanceof kind);
  const unreachable = typeof (error as { code?: unknown })?.code === 'string';
  console.error(plain || unreachable ? (error as Error).message : error);
  process.exit(error instanceof CliError ? error.exitCode : 1);
}

main().then((code) => process.exit(code), fail);
