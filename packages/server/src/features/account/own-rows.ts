import { type Kysely, sql } from 'kysely';
import { iso } from '../../lib/clock';
import type { Schema } from '../../storage/schema';
import { APART, notSent } from '../push';
import { type ExportFile, type ExportSource, jsonLines } from './export-source';

type Row = Record<string, unknown>;

interface OwnRows {
  path: string;
  meaning: string;
  table: string;
  /** The column that names the user. */
  owner: string;
  /** Whether its rows have ids, and are so many that they are read a page at a time. */
  paged: boolean;
  /** What is left out. */
  hides?: (row: Row) => boolean;
}

const PAGE = 500;

const OWN: readonly OwnRows[] = [
  {
    path: 'scheduled-messages.jsonl',
    meaning: 'messages of yours that are to be sent later',
    table: 'scheduled_messages',
    owner: 'user_id',
    paged: true,
  },
  {
    path: 'invite-links.jsonl',
    meaning: 'links by which you invite people to groups',
    table: 'chat_invites',
    owner: 'created_by',
    paged: true,
  },
  {
    path: 'push-log.jsonl',
    meaning: 'what became of the latest notifications for your devices',
    table: 'push_log',
    owner: 'user_id',
    paged: true,
    // Nobody learns who blocked them.
    hides: ({ outcome }) => String(outcome).startsWith(notSent(APART)),
  },
  {
    path: 'blocked-users.jsonl',
    meaning: 'whom you blocked',
    table: 'blocks',
    owner: 'blocker_id',
    paged: false,
  },
  {
    path: 'encryption-devices.jsonl',
    meaning: 'your devices that encrypt, with their public keys',
    table: 'encryption_devices',
    owner: 'user_id',
    paged: false,
  },
  {
    path: 'key-backup.jsonl',
    meaning: 'the backup of your keys, which only your recovery key opens',
    table: 'key_backups',
    owner: 'user_id',
    paged: false,
  },
  {
    path: 'privacy-settings.jsonl',
    meaning: 'your privacy settings, if you changed them',
    table: 'privacy_settings',
    owner: 'user_id',
    paged: false,
  },
];

/** What other features keep of a user, row by row as it is stored. */
export function ownRows(db: Kysely<Schema>): ExportSource {
  return {
    about: OWN.map(({ path, meaning }) => ({ path, meaning })),
    async *files(userId: number): AsyncGenerator<ExportFile> {
      for (const each of OWN) {
        yield { name: each.path, content: jsonLines(pagesOf(db, each, userId)) };
      }
    },
  };
}

async function* pagesOf(db: Kysely<Schema>, own: OwnRows, userId: number): AsyncGenerator<Row[]> {
  for (let after = 0, more = true; more; ) {
    const rows = await pageOf(db, own, userId, after);
    yield rows.filter((row) => !own.hides?.(row)).map(readable);
    after = Number(rows.at(-1)?.id);
    more = own.paged && rows.length === PAGE;
  }
}

async function pageOf(
  db: Kysely<Schema>,
  { table, owner, paged }: OwnRows,
  userId: number,
  after: number,
) {
  const mine = sql`select * from ${sql.table(table)} where ${sql.ref(owner)} = ${userId}`;
  const query = paged
    ? sql<Row>`${mine} and id > ${after} order by id limit ${PAGE}`
    : sql<Row>`${mine}`;
  return (await query.execute(db)).rows;
}

/** Times are kept as milliseconds; people read dates. */
function readable(row: Row): Row {
  const entries = Object.entries(row).map(([key, value]): [string, unknown] => [
    key,
    (key === 'at' || key.endsWith('_at')) && typeof value === 'number' ? iso(value) : value,
  ]);
  return Object.fromEntries(entries);
}
