import { createSession, type Tokens } from '../features/auth';
import { createDirect, createGroup } from '../features/chats';
import { sendMessage } from '../features/messages';
import { passOver } from '../features/notifications';
import { createUser } from '../features/users';
import { hashPassword } from '../lib/password';
import type { Committer } from '../storage/committer';
import type { Database } from '../storage/database';
import type { SeedOptions } from './options';
import { index, type Place, talk } from './talk';

export interface Seeded {
  tokens: string[];
  groups: number[];
  directs: number[];
  history: number | undefined;
  /** What the messages are made of, the most common words first. */
  words: readonly string[] | undefined;
}

const range = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);

/** Fills the database through the committer, as the server itself would. */
export async function fill(
  database: Database,
  tokens: Tokens,
  options: SeedOptions,
  now: () => number,
): Promise<Seeded> {
  const { committer } = database;
  const users = await createUsers(committer, options.users, now());
  const places: Place[] = [];
  const make = async (members: number[], name: string) => {
    const chatId = await group(committer, users, members, name, now());
    places.push({ chatId, members: members.map((n) => users[n] ?? 0) });
    return chatId;
  };
  const groups: number[] = [];
  if (options.bigGroup > 0) groups.push(await make(range(options.bigGroup), 'Everybody'));
  for (const g of range(options.groupsOf10))
    groups.push(await make(range(10, g * 10), `Group ${g}`));
  const directs = await Promise.all(
    range(options.pairs).map((p) => direct(committer, users[2 * p], users[2 * p + 1], now())),
  );
  await topUp(options, make);
  const words =
    options.messages > 0 ? await talk(database, places, options.messages, now) : undefined;
  if (words) await index(database);
  const historyId =
    options.history > 0 ? await history(committer, users, options.history, now) : undefined;
  await committer.submit(passOver, {}, 0);
  return {
    tokens: await signIn(committer, tokens, users, options.tokenTtlS, now()),
    groups,
    directs,
    words,
    history: historyId,
  };
}

async function createUsers(committer: Committer, count: number, at: number): Promise<number[]> {
  const passwordHash = await hashPassword('password');
  return Promise.all(
    range(count).map((n) =>
      committer.submit(
        createUser,
        {
          username: `user${n}`,
          email: `user${n}@example.org`,
          passwordHash,
          fullName: `User ${n}`,
          at,
        },
        0,
      ),
    ),
  );
}

function group(
  committer: Committer,
  users: readonly number[],
  members: readonly number[],
  name: string,
  at: number,
): Promise<number> {
  const [ownerId = 0, ...memberIds] = members.map((n) => users[n] ?? 0);
  const empty = { description: null, avatarUrl: null };
  // A server that starts on this need not notify thousands.
  const group = { ...empty, ownerId, memberIds, name, at, silent: memberIds };
  return committer.submit(createGroup, group, 0);
}

async function direct(
  committer: Committer,
  userId: number | undefined,
  peerId: number | undefined,
  at: number,
): Promise<number> {
  const input = { userId: userId ?? 0, peerId: peerId ?? 0, at };
  return (await committer.submit(createDirect, input, 0)).chatId;
}

/** Rounds of groups of ten, each round with other neighbours, until everybody is in enough chats. */
async function topUp(
  options: SeedOptions,
  make: (members: number[], name: string) => Promise<number>,
) {
  const { users, chatsPerUser } = options;
  if (chatsPerUser === 0) return;
  const have = range(users).map((n) => chatsOf(n, options));
  const lowest = have.reduce((least, count) => Math.min(least, count), chatsPerUser);
  for (const round of range(chatsPerUser - lowest)) {
    const stride = Math.ceil(users / 10);
    const made = range(stride).map((g) => {
      const members = range(10)
        .map((k) => (g + k * (stride + round)) % users)
        .filter((n, i, all) => all.indexOf(n) === i);
      return make(members, `Round ${round} group ${g}`);
    });
    await Promise.all(made);
  }
}

function chatsOf(n: number, { bigGroup, groupsOf10, pairs }: SeedOptions): number {
  return Number(n < bigGroup) + Number(n < groupsOf10 * 10) + Number(n < pairs * 2);
}

async function signIn(
  committer: Committer,
  tokens: Tokens,
  users: readonly number[],
  ttlS: number,
  at: number,
): Promise<string[]> {
  return Promise.all(
    users.map(async (userId) => {
      const session = { userId, device: 'seed', ip: '127.0.0.1', at };
      const sessionId = await committer.submit(createSession, session, userId);
      return tokens.access(userId, sessionId, undefined, ttlS);
    }),
  );
}

async function history(
  committer: Committer,
  users: readonly number[],
  count: number,
  now: () => number,
): Promise<number> {
  const members = range(Math.min(10, users.length));
  const chatId = await group(committer, users, members, 'History', now());
  for (let sent = 0; sent < count; sent += 5000) {
    const part = range(Math.min(5000, count - sent), sent);
    await Promise.all(
      part.map((n) => sendOne(committer, chatId, users[n % members.length] ?? 0, n, now())),
    );
  }
  return chatId;
}

function sendOne(committer: Committer, chatId: number, senderId: number, n: number, at: number) {
  const content = `Message ${n} of the history: ${WORDS[n % WORDS.length]} ${WORDS[(n * 7) % WORDS.length]}`;
  return committer.submit(
    sendMessage,
    { chatId, senderId, content, contentType: 'text', replyToId: null, clientMessageId: null, at },
    chatId,
  );
}

const WORDS =
  'the quick brown fox jumps over a lazy dog while seven wizards brew strong coffee'.split(' ');
