import { readFileSync } from 'node:fs';
import type { Bench } from '../bench';
import { encryptedPair, type Pair, plainPair } from '../encrypted-pairs';
import { cpuSeconds } from '../machine';
import { run as runProgram } from '../processes';
import { interleave } from '../rounds';
import { atLeast, atMost, figure, type Scenario, type Section, type Table } from '../scenario';
import { type Server, settled, withServer } from '../servers';
import { median, medianRatio } from '../statistics';

const pairs = 100;
/** Messages of each pair that are under way at a time. */
const window = 8;
const contestants = ['plain', 'encrypted'] as const;
type Kind = (typeof contestants)[number];
const makers = { plain: plainPair, encrypted: encryptedPair };

interface Result {
  perSecond: number;
  /** Messages for each second of processor time that the server used. */
  perCpuSecond: number;
}

/** What the SDK itself measures: medians in milliseconds. */
interface ClientSpeed {
  plainMs: number;
  sealMs: number;
  openMs: number;
  grownBytes: number;
  makeEpochMs: number;
  openEpochMs: number;
}

async function clientSpeed(bench: Bench): Promise<ClientSpeed> {
  const program = `${bench.folder}/../packages/client/src/e2ee/testing/speed.ts`;
  const printed = await runProgram(
    {
      command: [process.execPath, program],
      core: bench.options.serverCore,
      log: `${bench.work}/encryption-speed.log`,
    },
    2 * 60_000,
  );
  return JSON.parse(printed);
}

const clientTable = (speed: ClientSpeed): Table => ({
  head: ['in the client, median', 'measured'],
  rows: [
    ['write and read a plain text of 200 bytes, ms', figure(speed.plainMs)],
    ['encrypt and sign it, ms', figure(speed.sealMs)],
    ['verify and decrypt it, ms', figure(speed.openMs)],
    ['bytes that it grows by', figure(speed.grownBytes)],
    ['make an epoch for 100 devices, ms', figure(speed.makeEpochMs)],
    ['verify and open it, ms', figure(speed.openEpochMs)],
  ],
});

const clientTargets = (speed: ClientSpeed) => [
  atMost('encrypting and signing 200 bytes takes ≤ 1 ms', speed.sealMs, 1, ' ms'),
  atMost('verifying and decrypting them takes ≤ 1 ms', speed.openMs, 1, ' ms'),
  atMost('a message grows by ≤ 450 bytes', speed.grownBytes, 450, ' bytes'),
  atMost('an epoch for 100 devices takes ≤ 150 ms', speed.makeEpochMs, 150, ' ms'),
];

/** Keeps a pair's window full until it is over. @returns how many were acknowledged */
function talk(server: Server, pair: Pair, isOver: () => boolean): Promise<number> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws/${pair.token}`);
  let acknowledged = 0;
  let underWay = 0;
  const send = () => {
    underWay++;
    socket.send(pair.frame(String(acknowledged + underWay)));
  };
  return new Promise((resolve, reject) => {
    socket.onclose = () => resolve(acknowledged);
    socket.onmessage = ({ data }) => {
      const text = String(data);
      if (text.startsWith('{"type":"ready"')) for (let i = 0; i < window; i++) send();
      if (text.startsWith('{"type":"error"')) reject(new Error(text));
      if (!text.startsWith('{"type":"ack"')) return;
      acknowledged++;
      underWay--;
      if (!isOver()) send();
      else if (underWay === 0) socket.close();
    };
  });
}

async function measure(bench: Bench, kind: Kind): Promise<Result> {
  const { tokens } = await bench.seeded();
  const users = readFileSync(tokens, 'utf8').trim().split('\n');
  return withServer(bench, 'confab', async (server) => {
    const made: Pair[] = [];
    for (let i = 0; i < pairs; i++) {
      made.push(await makers[kind](server, [users[2 * i] ?? '', users[2 * i + 1] ?? '']));
    }
    await settled(server);
    const [start, before] = [performance.now(), cpuSeconds(server.pid)];
    const end = start + bench.options.seconds * 1000;
    const counts = await Promise.all(
      made.map((pair) => talk(server, pair, () => performance.now() > end)),
    );
    const sent = counts.reduce((sum, count) => sum + count, 0);
    const seconds = (performance.now() - start) / 1000;
    return { perSecond: sent / seconds, perCpuSecond: sent / (cpuSeconds(server.pid) - before) };
  });
}

async function run(bench: Bench): Promise<Section> {
  const speed = await clientSpeed(bench);
  const results = await interleave(bench.options.rounds, contestants, (kind) =>
    measure(bench, kind),
  );
  const row = (kind: Kind): string[] => [
    kind,
    figure(median(results[kind].map((one) => one.perSecond))),
    figure(median(results[kind].map((one) => one.perCpuSecond))),
  ];
  const ratio = medianRatio(
    results.encrypted.map((one) => one.perCpuSecond),
    results.plain.map((one) => one.perCpuSecond),
  );
  return {
    title: 'Encrypted messages',
    about:
      `${pairs} pairs, one of each writes with ${window} messages under way: encrypted ones of about 700 bytes, or texts of the ` +
      'same size. The load is made in this process, so what counts is how many messages the server takes for a second of its ' +
      'processor time. The SDK’s own work is measured in a process of its own, with keys of 3,072 bits.',
    tables: [
      { head: ['', 'messages/s', 'messages per CPU second'], rows: contestants.map(row) },
      clientTable(speed),
    ],
    outcomes: [
      atLeast('≥ 0.85 × as many encrypted messages as plain ones', ratio, 0.85),
      ...clientTargets(speed),
    ],
  };
}

export const encrypted: Scenario = { name: 'encrypted', run };
