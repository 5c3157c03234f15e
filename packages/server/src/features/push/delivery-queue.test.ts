import { describe, expect, test } from 'bun:test';
import { ManualClock } from '../../testing/manual-clock';
import { DeliveryQueue, type Job, type QueueLimits } from './delivery-queue';
import type { Delivery } from './provider';

interface TestJob extends Job {
  readonly name: string;
}

const LIMITS: QueueLimits = {
  waiting: { inAll: 100, ofUser: 100 },
  underWay: { inAll: 3, ofUser: 2 },
  underWayAgain: { inAll: 1, ofUser: 1 },
  underWayByFirebase: { inAll: 1, ofUser: 1 },
};
const ONE = { inAll: 1, ofUser: 1 };
const DELIVERED: Delivery = { kind: 'delivered', why: '' };
const TRY_AGAIN: Delivery = { kind: 'try_again', why: '' };
const turns = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** A queue whose attempts a test answers by hand. */
class Scene {
  readonly clock = new ManualClock();
  readonly started: string[] = [];
  readonly ended: string[] = [];
  readonly #answers = new Map<string, (delivery: Delivery) => void>();
  readonly queue: DeliveryQueue<TestJob>;

  constructor(limits: QueueLimits = LIMITS) {
    this.queue = new DeliveryQueue<TestJob>({
      clock: this.clock,
      random: () => 1,
      limits,
      attempt: ({ name }) => {
        this.started.push(name);
        return new Promise((resolve) => this.#answers.set(name, resolve));
      },
      done: ({ name }, { kind }) => this.ended.push(`${name} ${kind}`),
    });
  }

  add(name: string, lane = name, userId = 1, subject = name, takenBy: Job['takenBy'] = 'web_push') {
    const job = { name, lane, userId, subject, takenBy, attempts: 0 };
    this.queue.add({ ...job, at: this.clock.now() });
  }

  async answer(name: string, delivery: Delivery = DELIVERED) {
    this.#answers.get(name)?.(delivery);
    await turns();
  }
}

describe('a queue of deliveries', () => {
  test('tells a device in order, one at a time', async () => {
    const scene = new Scene();
    for (const name of ['a', 'b', 'c']) scene.add(name, 'phone');
    expect(scene.started).toEqual(['a']);
    await scene.answer('a');
    await scene.answer('b');
    expect(scene.started).toEqual(['a', 'b', 'c']);
    await scene.answer('c');
    expect(scene.ended).toEqual(['a delivered', 'b delivered', 'c delivered']);
    expect(scene.queue.size).toBe(0);
  });

  test('has so many under way, and so many of one user', async () => {
    const scene = new Scene();
    for (const name of ['a', 'b', 'c']) scene.add(name, name, 1);
    for (const name of ['d', 'e']) scene.add(name, name, 2);
    expect(scene.started).toEqual(['a', 'b', 'd']);
    await scene.answer('d');
    expect(scene.started).toEqual(['a', 'b', 'd', 'e']);
    await scene.answer('a');
    expect(scene.started).toEqual(['a', 'b', 'd', 'e', 'c']);
  });

  test('a failing device holds up its own notifications alone', async () => {
    const scene = new Scene();
    scene.add('a', 'phone');
    scene.add('b', 'phone');
    await scene.answer('a', TRY_AGAIN);
    scene.add('c', 'laptop');
    expect(scene.started).toEqual(['a', 'c']);
    scene.clock.advance(999);
    expect(scene.started).toEqual(['a', 'c']);
    scene.clock.advance(1);
    expect(scene.started).toEqual(['a', 'c', 'a']);
    await scene.answer('a');
    expect(scene.started).toEqual(['a', 'c', 'a', 'b']);
  });

  test('a newer one of the same subject replaces what waits, not what is under way', async () => {
    const scene = new Scene();
    for (const name of ['a', 'b', 'c']) scene.add(name, 'phone', 1, 'chat');
    expect(scene.ended).toEqual(['b replaced']);
    await scene.answer('a');
    expect(scene.started).toEqual(['a', 'c']);
  });

  test('one that failed is not tried again when a newer one waits', async () => {
    const scene = new Scene();
    scene.add('a', 'phone', 1, 'chat');
    scene.add('b', 'phone', 1, 'chat');
    await scene.answer('a', TRY_AGAIN);
    expect(scene.ended).toEqual(['a replaced']);
    scene.clock.advance(1000);
    expect(scene.started).toEqual(['a', 'b']);
  });

  test('a newer one waits out the pause of the one that it replaced', async () => {
    const scene = new Scene();
    scene.add('a', 'phone', 1, 'chat');
    await scene.answer('a', TRY_AGAIN);
    scene.add('b', 'phone', 1, 'chat');
    expect([scene.started, scene.ended]).toEqual([['a'], ['a replaced']]);
    scene.clock.advance(1000);
    expect(scene.started).toEqual(['a', 'b']);
  });

  test('drops the oldest when too many wait', async () => {
    const scene = new Scene({ ...LIMITS, waiting: { inAll: 2, ofUser: 2 }, underWay: ONE });
    for (const name of ['a', 'b', 'c', 'd', 'e']) scene.add(name);
    expect(scene.ended).toEqual(['b dropped', 'c dropped']);
    expect(scene.queue.size).toBe(3);
    for (const name of ['a', 'd', 'e']) await scene.answer(name);
    expect(scene.started).toEqual(['a', 'd', 'e']);
  });

  test('of too many, drops those of the user who has most, not who came first', async () => {
    const scene = new Scene({ ...LIMITS, waiting: { inAll: 4, ofUser: 4 }, underWay: ONE });
    scene.add('busy', 'busy', 9);
    scene.add('b1', 'b1', 2);
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5']) scene.add(name, name, 1);
    expect(scene.ended).toEqual(['a1 dropped', 'a2 dropped']);
    scene.add('c1', 'c1', 3);
    expect(scene.ended.slice(2)).toEqual(['a3 dropped']);
    for (const name of ['busy', 'b1', 'a4', 'c1', 'a5']) await scene.answer(name);
    expect(scene.started).toEqual(['busy', 'b1', 'a4', 'c1', 'a5']);
    expect(scene.queue.size).toBe(0);
  });

  test('has only so many of one user waiting, also where there is room', () => {
    const scene = new Scene({ ...LIMITS, waiting: { inAll: 100, ofUser: 2 }, underWay: ONE });
    for (const name of ['a', 'b', 'c', 'd']) scene.add(name, 'phone');
    scene.add('e', 'e', 2);
    expect(scene.ended).toEqual(['b dropped']);
    expect(scene.queue.size).toBe(4);
  });

  test('takes users in turn', async () => {
    const scene = new Scene({ ...LIMITS, underWay: ONE });
    for (const name of ['a1', 'a2', 'a3']) scene.add(name, name, 1);
    for (const name of ['b1', 'b2']) scene.add(name, name, 2);
    for (const name of ['a1', 'b1', 'a2', 'b2', 'a3']) await scene.answer(name);
    expect(scene.started).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  });

  test('devices that failed last time have few places, and take none of the others', async () => {
    const scene = new Scene();
    for (const [i, name] of ['a', 'b', 'c'].entries()) scene.add(name, name, i);
    for (const name of ['a', 'b', 'c']) await scene.answer(name, TRY_AGAIN);
    scene.clock.advance(1000);
    expect(scene.started).toEqual(['a', 'b', 'c', 'a']);
    for (const [i, name] of ['d', 'e', 'f'].entries()) scene.add(name, name, 10 + i);
    expect(scene.started.slice(4)).toEqual(['d', 'e', 'f']);
    await scene.answer('a');
    expect(scene.started.slice(7)).toEqual(['b']);
  });

  test('a device that failed is one of them until it takes something', async () => {
    const scene = new Scene();
    for (const lane of ['x', 'y']) scene.add(`${lane}1`, lane, 1);
    for (const lane of ['x', 'y']) await scene.answer(`${lane}1`, TRY_AGAIN);
    while (scene.ended.length < 2) {
      scene.clock.advance(1000);
      for (const lane of ['x', 'y']) await scene.answer(`${lane}1`, TRY_AGAIN);
    }
    expect(scene.ended.toSorted()).toEqual(['x1 given_up', 'y1 given_up']);
    scene.started.length = 0;
    for (const lane of ['x', 'y']) scene.add(`${lane}2`, lane, 1);
    expect(scene.started).toEqual(['x2']);
    await scene.answer('x2');
    scene.add('x3', 'x', 1);
    expect(scene.started).toEqual(['x2', 'y2', 'x3']);
  });

  test('devices that were slow have few places, whatever came of it, until they were quick for long', async () => {
    const scene = new Scene();
    for (const [i, name] of ['a', 'b', 'c'].entries()) scene.add(name, name, i);
    scene.clock.advance(2001);
    for (const name of ['a', 'b', 'c']) await scene.answer(name);
    for (const [i, name] of ['a', 'b', 'c'].entries()) scene.add(`${name}2`, name, i);
    expect(scene.started.slice(3)).toEqual(['a2']);
    for (const name of ['d', 'e', 'f']) scene.add(name, name, 9);
    expect(scene.started.slice(4)).toEqual(['d', 'e']);
    await scene.answer('a2');
    scene.add('a3', 'a', 0);
    expect(scene.started.slice(6)).toEqual(['b2']);
    for (const name of ['b2', 'c2', 'a3']) await scene.answer(name);
    for (let n = 0; n < 18; n++) {
      scene.add(`a${n + 4}`, 'a', 0);
      await scene.answer(`a${n + 4}`);
    }
    scene.add('b3', 'b', 1);
    scene.add('a22', 'a', 0);
    expect(scene.started.slice(-2)).toEqual(['b3', 'a22']);
  });

  test('devices that Firebase tells wait for no other', async () => {
    const scene = new Scene();
    for (const [i, name] of ['a', 'b', 'c', 'd'].entries()) scene.add(name, name, i);
    scene.add('phone', 'phone', 9, 'x', 'firebase');
    expect(scene.started).toEqual(['a', 'b', 'c', 'phone']);
    scene.clock.advance(9000);
    await scene.answer('phone');
    scene.add('phone2', 'phone', 9, 'x', 'firebase');
    expect(scene.started.slice(4)).toEqual(['phone2']);
  });

  test('drops one between two attempts too, and then never tries it', async () => {
    const scene = new Scene({ ...LIMITS, waiting: ONE, underWay: ONE, underWayAgain: ONE });
    scene.add('a');
    await scene.answer('a', TRY_AGAIN);
    scene.add('b');
    await scene.answer('b', TRY_AGAIN);
    expect(scene.ended).toEqual(['a dropped']);
    scene.clock.advance(10_000);
    expect(scene.started).toEqual(['a', 'b', 'b']);
  });

  test('gives up at last', async () => {
    const scene = new Scene();
    scene.add('a');
    for (let i = 0; i < 10; i++) {
      await scene.answer('a', TRY_AGAIN);
      scene.clock.advance(300_000);
    }
    expect(scene.started).toHaveLength(10);
    expect(scene.ended).toEqual(['a given_up']);
  });

  test('closing waits for what is under way, and leaves the rest unended', async () => {
    const scene = new Scene();
    for (const name of ['a', 'b', 'c']) scene.add(name);
    scene.add('d', 'd', 2);
    await scene.answer('a', TRY_AGAIN);
    const closed = scene.queue.close();
    await scene.answer('b');
    await scene.answer('c', TRY_AGAIN);
    await scene.answer('d');
    await closed;
    scene.add('e');
    scene.clock.advance(600_000);
    expect(scene.ended).toEqual(['b delivered', 'd delivered']);
    expect(scene.started).toEqual(['a', 'b', 'd', 'c']);
  });
});
