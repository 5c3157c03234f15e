import { expect, test } from 'bun:test';
import { QuotaRooms } from './quota-room';

const EXCEEDED = expect.objectContaining({ code: 'quota_exceeded' });
const roomsOf = (quotaBytes: number, used = { bytes: 0 }) =>
  new QuotaRooms({ quotaBytes, usage: async () => used.bytes });

test('uploads at the same time share what is left of the quota', async () => {
  const rooms = roomsOf(100, { bytes: 40 });
  const [a, b, other] = [await rooms.enter(1), await rooms.enter(1), await rooms.enter(2)];
  a.take(50);
  expect(() => b.take(11)).toThrow(EXCEEDED);
  other.take(60);
  b.leave();
  a.take(10);
  await expect(rooms.enter(1)).rejects.toEqual(EXCEEDED);
});

test('the youngest gives way, unless all of it has come', async () => {
  const rooms = roomsOf(100);
  const [old, whole, young] = [await rooms.enter(1), await rooms.enter(1), await rooms.enter(1)];
  old.take(30);
  whole.take(30);
  whole.received();
  young.take(30);
  old.take(30);
  expect([old, whole, young].map(({ ended }) => ended.aborted)).toEqual([false, false, true]);
  expect(() => young.take(1)).toThrow(EXCEEDED);
  expect(() => old.take(50)).toThrow(EXCEEDED);
});

test('what still comes of an upload that gave way takes nothing from the others', async () => {
  const rooms = roomsOf(100);
  const [old, young] = [await rooms.enter(1), await rooms.enter(1)];
  young.take(60);
  old.take(60);
  expect(() => young.take(50)).toThrow(EXCEEDED);
  expect(old.ended.aborted).toBe(false);
  old.take(40);
});

test('what was stored meanwhile counts for the others', async () => {
  const used = { bytes: 0 };
  const rooms = roomsOf(100, used);
  const [a, b] = [await rooms.enter(1), await rooms.enter(1)];
  a.take(60);
  await a.store(60, async () => ({ file_size: 60 }));
  used.bytes = 60;
  a.leave();
  expect(() => b.take(41)).toThrow(EXCEEDED);
  b.leave();
  (await rooms.enter(1)).take(40);
});

test('a file that is stored counts once, whenever another upload begins', async () => {
  const used = { bytes: 0 };
  const rooms = roomsOf(100, used);
  const a = await rooms.enter(1);
  a.take(60);
  a.received();
  const storing = a.store(60, async () => {
    used.bytes = 50;
    const during = await rooms.enter(1);
    during.take(40);
    expect(() => during.take(1)).toThrow(EXCEEDED);
    during.leave();
    return { file_size: 50 };
  });
  await storing;
  const after = await rooms.enter(1);
  after.take(50);
  expect(() => after.take(1)).toThrow(EXCEEDED);
  a.leave();
});

test('a look at what is stored that took until after it changed is not believed', async () => {
  const looks: ((bytes: number) => void)[] = [];
  const usage = () => new Promise<number>((resolve) => looks.push(resolve));
  const rooms = new QuotaRooms({ quotaBytes: 100, usage });
  const first = rooms.enter(1);
  looks.shift()?.(0);
  const a = await first;
  a.take(60);
  const second = rooms.enter(1);
  await a.store(60, async () => ({ file_size: 60 }));
  looks.shift()?.(0);
  const b = await second;
  expect(() => b.take(41)).toThrow(EXCEEDED);
});

test('without a quota there is any room', async () => {
  const room = await roomsOf(0).enter(1);
  room.take(10 ** 12);
  await room.store(10 ** 12, async () => ({ file_size: 10 ** 12 }));
  room.leave();
});

test('uploads that begin in the same moment share what is left, too', async () => {
  const rooms = roomsOf(100);
  const [a, b] = await Promise.all([rooms.enter(1), rooms.enter(1)]);
  a.take(60);
  expect(() => b.take(60)).toThrow(EXCEEDED);
  b.leave();
  const c = await rooms.enter(1);
  expect(() => c.take(41)).toThrow(EXCEEDED);
});

test('no upload gives way to one that finds no room all the same', async () => {
  const rooms = roomsOf(100);
  const [old, young, unbegun] = [await rooms.enter(1), await rooms.enter(1), await rooms.enter(1)];
  old.take(90);
  young.take(9);
  expect(() => old.take(15)).toThrow(EXCEEDED);
  expect([young, unbegun].map(({ ended }) => ended.aborted)).toEqual([false, false]);
  young.take(91);
});
