import { parseArgs } from 'node:util';

export interface SeedOptions {
  users: number;
  bigGroup: number;
  groupsOf10: number;
  pairs: number;
  tokenTtlS: number;
  chatsPerUser: number;
  history: number;
  messages: number;
  out: string;
}

export const SEED_HELP = `Fills an empty database with users and chats, for load tests and for looking around.

Usage: npm run seed -- [options]

  --users N           users to register                              (default 100)
  --big-group N       members of one large group: users 0 to N-1     (default 0: none)
  --groups-of-10 N    groups of users 10g to 10g+9                   (default 0)
  --pairs N           direct chats of users 2p and 2p+1              (default 0)
  --chats-per-user N  more groups of ten, until everybody is in N    (default 0)
  --history N         messages in the history chat of users 0 to 9   (default 0)
  --messages N        messages of a made-up language in all the groups    (default 0)
  --token-ttl S       seconds that the access tokens are good        (default 3600)
  --out DIR           where the lists below are written             (default .)

The server's settings (STORAGE_DIR, DATABASE_URL, SECRET_KEY) apply. All users have the same password:
"password". Line n of tokens.txt is user n's access token; line 0 of groups.txt is the large group's
id, the groups of ten follow; line p of directs.txt is a direct chat's id; history.txt is the id of
the history chat; words.txt has the words of the made-up language, the most common ones first.
`;

export class SeedOptionsError extends Error {
  override name = 'SeedOptionsError';
}

const NUMBERS = {
  users: '100',
  'big-group': '0',
  'groups-of-10': '0',
  pairs: '0',
  'token-ttl': '3600',
  'chats-per-user': '0',
  history: '0',
  messages: '0',
} as const;

/** @throws SeedOptionsError in plain words */
export function readSeedOptions(argv: readonly string[]): SeedOptions | 'help' {
  const values = parse(argv);
  if (values.help) return 'help';
  const number = (name: keyof typeof NUMBERS) => {
    const text = String(values[name] ?? NUMBERS[name]);
    if (!/^[0-9]{1,9}$/.test(text)) throw new SeedOptionsError(`--${name} must be a whole number`);
    return Number(text);
  };
  const options = {
    users: number('users'),
    bigGroup: number('big-group'),
    groupsOf10: number('groups-of-10'),
    pairs: number('pairs'),
    tokenTtlS: number('token-ttl'),
    chatsPerUser: number('chats-per-user'),
    history: number('history'),
    messages: number('messages'),
    out: String(values.out ?? '.'),
  };
  if (options.messages > 0 && options.bigGroup + options.groupsOf10 + options.chatsPerUser === 0) {
    throw new SeedOptionsError('--messages needs groups to put them into');
  }
  const needed = Math.max(options.bigGroup, options.groupsOf10 * 10, options.pairs * 2);
  if (needed > options.users) {
    throw new SeedOptionsError(`These chats need ${needed} users; --users is ${options.users}`);
  }
  return options;
}

function parse(argv: readonly string[]): Record<string, string | boolean | undefined> {
  const text = { type: 'string' } as const;
  const names = [...Object.keys(NUMBERS), 'out'];
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h' },
        ...Object.fromEntries(names.map((name) => [name, text])),
      },
    });
    return values as Record<string, string | boolean | undefined>;
  } catch (error) {
    throw new SeedOptionsError(error instanceof Error ? error.message : String(error));
  }
}
