import { describe, expect, test } from 'bun:test';
import { ManualClock } from '../../testing/manual-clock';
import { DeliveryQueue, type Job } from './delivery-queue';
import type { Delivery } from './provider';

interface TestJob extends Job {
  readonly name: string;
}

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

  constructor(limits = { waiting: 100, underWay: 3, underWayOfUser: 2 }) {
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

  add(name: string, lane = name, userId = 1, subject = name) {
    this.queue.add({ name, lane, userId, subject, at: this.clock.now(), attempts: 0 });
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
    const scene = new Scene({ waiting: 2, underWay: 1, underWayOfUser: 1 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) scene.add(name);
    expect(scene.ended).toEqual(['b dropped', 'c dropped']);
    expect(scene.queue.size).toBe(3);
    for (const name of ['a', 'd', 'e']) await scene.answer(name);
    expect(scene.started).toEqual(['a', 'd', 'e']);
  });

  test('drops one between two attempts too, and then never tries it', async () => {
    const scene = new Scene({ waiting: 1, underWay: 1, underWayOfUser: 1 });
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
