import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { lossOfClose } from './loss';
import {
  type ConnectionEvent,
  type ConnectionState,
  LONGEST_BACKOFF_MS,
  RECENT_ATTEMPTS,
  transition,
} from './machine';

const STATES = {
  idle: { name: 'idle' },
  connecting: { name: 'connecting', attempt: 0 },
  'connecting again': { name: 'connecting', attempt: 3 },
  syncing: { name: 'syncing', attempt: 0 },
  online: { name: 'online', attempt: 2, syncing: false },
  'online, syncing': { name: 'online', attempt: 2, syncing: true },
  waiting: { name: 'waiting', attempt: 1, refresh: false },
  'waiting to refresh': { name: 'waiting', attempt: 1, refresh: true },
  stopped: { name: 'stopped', reason: 'closed' },
} satisfies Record<string, ConnectionState>;

const EVENTS = {
  connect: { type: 'connect' },
  close: { type: 'close' },
  'ready, behind': { type: 'ready', syncNeeded: true },
  'ready, current': { type: 'ready', syncNeeded: false },
  synced: { type: 'synced', syncNeeded: false },
  'synced, more': { type: 'synced', syncNeeded: true },
  sync_failed: { type: 'sync_failed' },
  sync_wanted: { type: 'sync_wanted' },
  settled: { type: 'settled' },
  'lost, retry': { type: 'lost', reaction: 'retry' },
  'lost, retry later': { type: 'lost', reaction: 'retry_later' },
  'lost, refresh': { type: 'lost', reaction: 'refresh' },
  'lost, banned': { type: 'lost', reaction: 'stop', reason: 'banned' },
  silent: { type: 'silent' },
  retry: { type: 'retry' },
  hint: { type: 'hint' },
  signed_out: { type: 'signed_out' },
} satisfies Record<string, ConnectionEvent>;

type StateName = keyof typeof STATES;
type EventName = keyof typeof EVENTS;

/** Where each event leads from each state, and by which effects. `.` is: nothing happens. */
const TABLE: Record<StateName, Record<EventName, string>> = {
  idle: row('connecting open', { close: 'stopped' }),
  stopped: row('connecting open', {}),
  connecting: row('.', {
    close: 'stopped release',
    'ready, behind': 'syncing sync',
    'ready, current': 'online',
    'lost, retry': 'waiting release retry_in',
    'lost, retry later': 'waiting release retry_in',
    'lost, refresh': 'connecting release open',
    'lost, banned': 'stopped release',
    silent: 'waiting release retry_in',
    signed_out: 'stopped release',
  }),
  'connecting again': row('.', {
    close: 'stopped release',
    'ready, behind': 'syncing sync',
    'ready, current': 'online watch',
    'lost, retry': 'waiting release retry_in',
    'lost, retry later': 'waiting release retry_in',
    'lost, refresh': 'waiting release retry_in',
    'lost, banned': 'stopped release',
    silent: 'waiting release retry_in',
    signed_out: 'stopped release',
  }),
  syncing: row('.', {
    hint: 'syncing probe',
    close: 'stopped release',
    synced: 'online',
    'synced, more': 'syncing sync',
    sync_failed: 'waiting release retry_in',
    'lost, retry': 'waiting release retry_in',
    'lost, retry later': 'waiting release retry_in',
    'lost, refresh': 'connecting release open',
    'lost, banned': 'stopped release',
    silent: 'waiting release retry_in',
    signed_out: 'stopped release',
  }),
  online: row('.', {
    hint: 'online probe',
    close: 'stopped release',
    sync_failed: 'waiting release retry_in',
    sync_wanted: 'online sync',
    'synced, more': 'online sync',
    'lost, retry': 'waiting release retry_in',
    'lost, retry later': 'waiting release retry_in',
    'lost, refresh': 'waiting release retry_in',
    'lost, banned': 'stopped release',
    silent: 'waiting release retry_in',
    signed_out: 'stopped release',
  }),
  'online, syncing': row('.', {
    hint: 'online probe',
    close: 'stopped release',
    synced: 'online',
    'synced, more': 'online sync',
    sync_failed: 'waiting release retry_in',
    'lost, retry': 'waiting release retry_in',
    'lost, retry later': 'waiting release retry_in',
    'lost, refresh': 'waiting release retry_in',
    'lost, banned': 'stopped release',
    silent: 'waiting release retry_in',
    signed_out: 'stopped release',
  }),
  waiting: row('connecting release open', {
    close: 'stopped release',
    hint: 'connecting release open',
    retry: 'connecting release open',
    signed_out: 'stopped release',
  }),
  'waiting to refresh': row('connecting release open', {
    close: 'stopped release',
    hint: 'connecting release open',
    retry: 'connecting release open',
    signed_out: 'stopped release',
  }),
};

function row(
  connect: string,
  others: Partial<Record<EventName, string>>,
): Record<EventName, string> {
  const names = Object.keys(EVENTS) as EventName[];
  const all = names.map((name) => [name, others[name] ?? '.']);
  return { ...Object.fromEntries(all), connect } as Record<EventName, string>;
}

describe('the transition table', () => {
  for (const from of Object.keys(STATES) as StateName[]) {
    for (const name of Object.keys(EVENTS) as EventName[]) {
      test(`${from} + ${name}`, () => {
        const state = STATES[from];
        const step = transition(state, EVENTS[name]);
        const expected = TABLE[from][name];
        const happened = [step.state.name, ...step.effects.map((effect) => effect.do)].join(' ');
        expect(happened).toBe(expected === '.' ? state.name : expected);
      });
    }
  }

  test('the token is refreshed before the next try when the server refused it', () => {
    const lost = transition(STATES.connecting, EVENTS['lost, refresh']);
    expect(lost.effects).toContainEqual({ do: 'open', refresh: true });
    const waited = transition(STATES['waiting to refresh'], EVENTS.retry);
    expect(waited.effects).toContainEqual({ do: 'open', refresh: true });
  });

  test('a connection that lasts makes the next loss the first again', () => {
    expect(transition(STATES['connecting again'], EVENTS['ready, current']).effects).toEqual([
      { do: 'watch' },
    ]);
    const proved = transition(STATES.online, EVENTS.settled).state;
    expect(proved).toEqual({ name: 'online', attempt: 0, syncing: false });
    const next = transition(proved, EVENTS['lost, retry']);
    expect(next.effects).toContainEqual({ do: 'retry_in', minMs: 0, maxMs: 250 });
  });

  test('the ceiling of the pause doubles up to the longest', () => {
    const ceilings = [0, 1, 2, 3, 4, 5, 6, RECENT_ATTEMPTS - 1, RECENT_ATTEMPTS, 60].map(
      (attempt) => {
        const step = transition({ name: 'connecting', attempt }, EVENTS['lost, retry']);
        return step.effects.find((effect) => effect.do === 'retry_in')?.maxMs;
      },
    );
    expect(ceilings).toEqual([250, 500, 1000, 2000, 4000, 8000, 10000, 10000, 30000, 30000]);
  });

  test('a hint makes the next pause the first again, and is no reason to give up a try', () => {
    const hinted = transition(STATES['connecting again'], EVENTS.hint).state;
    expect(hinted).toEqual({ name: 'connecting', attempt: 0 });
    expect(transition(STATES.waiting, EVENTS.hint).state).toEqual(hinted);
    expect(transition(STATES['waiting to refresh'], EVENTS.hint).effects).toContainEqual({
      do: 'open',
      refresh: true,
    });
  });

  test('a server that restarts is tried again within a second, and not by all at once', () => {
    const pauses = [0, 1, 2, 3, 4].map((attempt) => {
      const step = transition({ name: 'online', attempt, syncing: false }, lossOfClose(4012));
      return step.effects.find((effect) => effect.do === 'retry_in');
    });
    expect(pauses.map((pause) => pause?.minMs)).toEqual([0, 0, 0, 0, 0]);
    expect(pauses.map((pause) => pause?.maxMs)).toEqual([1000, 1000, 1000, 2000, 4000]);
  });

  test('flooding waits long, even at the first time', () => {
    const step = transition(STATES.online, EVENTS['lost, retry later']);
    expect(step.effects).toContainEqual({
      do: 'retry_in',
      minMs: LONGEST_BACKOFF_MS / 2,
      maxMs: LONGEST_BACKOFF_MS,
    });
  });

  test('a pause that the server asks for is kept, and spread', () => {
    const step = transition(STATES.connecting, {
      type: 'lost',
      reaction: 'retry',
      retryAfterMs: 4000,
    });
    expect(step.effects).toContainEqual({ do: 'retry_in', minMs: 4000, maxMs: 6000 });
  });

  test('whatever happens, a connection that is not stopped has a socket, a timer or neither', () => {
    const event = fc.constantFrom(...Object.values(EVENTS));
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60, size: 'max' }), (events) => {
        let state: ConnectionState = { name: 'idle' };
        let held = 'nothing';
        for (const next of events) {
          const step = transition(state, next);
          for (const effect of step.effects) {
            if (effect.do === 'release') held = 'nothing';
            if (effect.do === 'open') {
              expect(held).toBe('nothing');
              held = 'socket';
            }
            if (effect.do === 'retry_in') held = 'timer';
          }
          state = step.state;
          expect(held).toBe(holding(state));
        }
      }),
    );
  });
});

function holding(state: ConnectionState): string {
  switch (state.name) {
    case 'idle':
    case 'stopped':
      return 'nothing';
    case 'waiting':
      return 'timer';
    case 'connecting':
    case 'syncing':
    case 'online':
      return 'socket';
  }
}
