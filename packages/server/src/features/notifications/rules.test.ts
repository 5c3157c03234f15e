import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { decide, loud, type Situation, silenceOf } from './rules';

const ORDINARY: Situation = {
  kind: 'message',
  level: 'all',
  muted: false,
  looking: false,
  blocked: false,
  connected: false,
  quiet: false,
};
const nothing = '-';
const stored = 'store';
const live = 'store live';
const pushed = 'store push';

/** What is different from the ordinary, and what comes of it for each kind. */
const TABLE: [Partial<Situation>, message: string, mention: string, invite: string][] = [
  [{}, pushed, pushed, pushed],
  [{ connected: true }, live, live, live],
  [{ quiet: true }, stored, stored, stored],
  [{ quiet: true, connected: true }, live, live, live],
  [{ muted: true }, nothing, pushed, pushed],
  [{ muted: true, connected: true }, nothing, live, live],
  [{ muted: true, quiet: true }, nothing, stored, stored],
  [{ level: 'mentions' }, nothing, pushed, pushed],
  [{ level: 'mentions', connected: true }, nothing, live, live],
  [{ level: 'mentions', muted: true }, nothing, pushed, pushed],
  [{ level: 'none' }, nothing, stored, pushed],
  [{ level: 'none', connected: true }, nothing, stored, live],
  [{ level: 'none', muted: true }, nothing, stored, pushed],
  [{ looking: true, connected: true }, nothing, stored, live],
  [{ looking: true, connected: true, muted: true }, nothing, stored, live],
  [{ blocked: true }, nothing, nothing, nothing],
  [{ blocked: true, connected: true }, nothing, nothing, nothing],
  [{ blocked: true, looking: true, connected: true }, nothing, nothing, nothing],
];

const wordsOf = (situation: Situation): string => {
  const decision = decide(situation);
  const words = (['store', 'live', 'push'] as const).filter((word) => decision[word]);
  return words.join(' ') || nothing;
};

describe('who is notified', () => {
  test.each(TABLE)(
    '%j: a message %s, a mention %s, an invitation %s',
    (more, message, mention, invite) => {
      const kinds = ['message', 'mention', 'group_invite'] as const;
      expect(kinds.map((kind) => wordsOf({ ...ORDINARY, ...more, kind }))).toEqual([
        message,
        mention,
        invite,
      ]);
    },
  );

  const situation: fc.Arbitrary<Situation> = fc.record({
    kind: fc.constantFrom('message', 'mention', 'group_invite'),
    level: fc.constantFrom('all', 'mentions', 'none'),
    muted: fc.boolean(),
    looking: fc.boolean(),
    blocked: fc.boolean(),
    connected: fc.boolean(),
    quiet: fc.boolean(),
  });
  const always = (what: string, holds: (s: Situation) => boolean) =>
    test(what, () => fc.assert(fc.property(situation, holds), { numRuns: 500 }));

  always('nobody hears of what is not kept', (s) => {
    const decision = decide(s);
    return !loud(decision) || decision.store;
  });
  always('nobody is both told and woken', (s) => !(decide(s).live && decide(s).push));
  always('nobody is told who has no connection', (s) => s.connected || !decide(s).live);
  always('nobody is woken who has one, or in the night', (s) =>
    s.connected || s.quiet ? !decide(s).push : true,
  );
  always('those who do not talk get nothing of each other', (s) => !s.blocked || !decide(s).store);
  always('a mention gets at least what a message would', (s) => {
    const [mention, message] = [
      decide({ ...s, kind: 'mention' }),
      decide({ ...s, kind: 'message' }),
    ];
    return (['store', 'live', 'push'] as const).every((word) => mention[word] || !message[word]);
  });
  always(
    'what keeps the devices silent is known exactly when they are',
    (s) => decide(s).push === (silenceOf(s) === undefined),
  );
  always('the night changes nothing but pushes', (s) => {
    const [day, night] = [decide({ ...s, quiet: false }), decide({ ...s, quiet: true })];
    return day.store === night.store && day.live === night.live;
  });
  always('wanting less never brings more', (s) => {
    const [all, some, none] = (['all', 'mentions', 'none'] as const).map((level) =>
      decide({ ...s, level }),
    );
    return (['store', 'live', 'push'] as const).every(
      (word) => (all?.[word] || !some?.[word]) && (some?.[word] || !none?.[word]),
    );
  });
});
