import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseLocation } from '../app/server';
import { resolveSecret } from '../config/secret';
import { readSettings, SettingsError } from '../config/settings';
import { Tokens } from '../features/auth';
import { openDatabase } from '../storage/database';
import { MigrationError } from '../storage/migrate';
import { fill, type Seeded } from './fill';
import { readSeedOptions, SEED_HELP, SeedOptionsError } from './options';

const lines = (values: readonly (string | number)[]) =>
  values.map((value) => `${value}\n`).join('');

function save(out: string, seeded: Seeded) {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'tokens.txt'), lines(seeded.tokens), { mode: 0o600 });
  writeFileSync(join(out, 'groups.txt'), lines(seeded.groups));
  writeFileSync(join(out, 'directs.txt'), lines(seeded.directs));
  if (seeded.history !== undefined)
    writeFileSync(join(out, 'history.txt'), lines([seeded.history]));
  if (seeded.words) writeFileSync(join(out, 'words.txt'), lines(seeded.words));
}

async function main() {
  const options = readSeedOptions(process.argv.slice(2));
  if (options === 'help') return console.log(SEED_HELP);
  const settings = readSettings(process.env);
  const tokens = new Tokens(resolveSecret(settings), settings.ACCESS_TOKEN_TTL_S, Date.now);
  const database = await openDatabase(databaseLocation(settings));
  try {
    const someone = await database.read
      .selectFrom('users')
      .select('id')
      .limit(1)
      .executeTakeFirst();
    if (someone)
      throw new SeedOptionsError('The database has users already; only an empty one is filled');
    const started = performance.now();
    save(options.out, await fill(database, tokens, options, Date.now));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
      `Made ${options.users} users and their chats in ${seconds} s. Lists are in ${options.out}`,
    );
  } finally {
    await database.close();
  }
}

main().catch((error) => {
  const kinds = [SeedOptionsError, SettingsError, MigrationError];
  const plain = kinds.some((kind) => error instanceof kind);
  console.error(plain ? `Cannot seed: ${error.message}` : error);
  process.exit(1);
});
