import { readFileSync, writeFileSync } from 'node:fs';
import { type Bench, type Seeded, seed } from '../bench';
import { type TrafficSummary, traffic, who } from '../load';
import { interleave } from '../rounds';
import { atMost, figure, type Scenario, type Section, share } from '../scenario';
import { type Server, withServer } from '../servers';
import { median, medianRatio } from '../statistics';

const members = 5000;
/** Members who are connected, one of whom sends: the rest is away, and has to be notified. */
const connected = 5;
const sizes = ['small', 'large'] as const;
type Size = (typeof sizes)[number];
const titles: Record<Size, string> = {
  small: `${connected} members`,
  large: `${figure(members)} members`,
};

/** A group of those who are connected, in a list of one line as the load generator wants it. */
async function smallGroup(bench: Bench, server: Server, seeded: Seeded): Promise<string> {
  const tokens = readFileSync(seeded.tokens, 'utf8').split('\n').slice(0, connected);
  const idOf = async (token: string | undefined): Promise<number> =>
    (await call<{ id: number }>(server, token, 'GET', '/api/auth/me')).id;
  const [owner] = tokens;
  const ids = await Promise.all(tokens.slice(1).map(idOf));
  const body = { name: 'Few', member_ids: ids };
  const { id } = await call<{ id: number }>(server, owner, 'POST', '/api/chats/group', body);
  const list = `${bench.work}/small-group.txt`;
  writeFileSync(list, `${id}\n`);
  return list;
}

async function call<T>(
  server: Server,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const answer = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function send(bench: Bench, seeded: Seeded, size: Size): Promise<TrafficSummary> {
  return withServer({ ...bench, seeded: async () => seeded }, 'confab', async (server) => {
    const chats = size === 'small' ? await smallGroup(bench, server, seeded) : seeded.groups;
    return traffic(bench, server, {
      ...who(server, seeded, chats),
      'group-size': connected,
      senders: 1,
    });
  });
}

function rowOf(size: Size, results: TrafficSummary[]): string[] {
  const middle = (pick: (one: TrafficSummary) => number): number => median(results.map(pick));
  return [
    titles[size],
    figure(middle((one) => one.messages_per_s)),
    figure(middle((one) => one.ack_ms.p50)),
    figure(middle((one) => one.ack_ms.p99)),
    share(middle((one) => one.server_cpu)),
  ];
}

async function run(bench: Bench): Promise<Section> {
  const flags = ['--users', String(members), '--big-group', String(members)];
  const seeded = await seed(bench, 'large-group', [...flags, '--token-ttl', '86400']);
  const results = await interleave(bench.options.rounds, sizes, (size) =>
    send(bench, seeded, size),
  );
  const acks = (size: Size): number[] => results[size].map((one) => one.ack_ms.p50);
  return {
    title: 'Large group',
    about:
      `One member sends, ${connected} are connected, and everybody else of a group of ${figure(members)} is away and is ` +
      'notified. Beside it the same in a group of those who are connected. Closed loop, texts of 200 bytes.',
    tables: [
      {
        head: ['', 'messages/s', 'ack p50 ms', 'ack p99 ms', 'server'],
        rows: sizes.map((size) => rowOf(size, results[size])),
      },
    ],
    outcomes: [
      atMost(
        `the ack takes ≤ 1.3 × that in a group of ${connected} (median)`,
        medianRatio(acks('large'), acks('small')),
        1.3,
      ),
    ],
  };
}

export const largeGroup: Scenario = { name: 'large-group', run };
