import { expect, test } from 'bun:test';
import { ManualClock } from '../../../testing/manual-clock';
import { UploadLocks } from './upload-locks';

const LATE = expect.objectContaining({ status_code: 500 });
const never = new AbortController().signal;

function upload() {
  const clock = new ManualClock();
  const locks = new UploadLocks(clock, 1000);
  const events: string[] = [];
  const request = (name: string, ended = never, id = 'upload') => {
    const lock = locks.newLock(id);
    const begun = lock
      .lock(ended, () => void events.push(`${name} is asked`))
      .then(() => void events.push(`${name} begins`));
    return { begun, unlock: () => lock.unlock() };
  };
  return { clock, events, request };
}

test('requests work on an upload one after the other, each asked to end for the next', async () => {
  const { events, request } = upload();
  const [a, b, c] = [request('a'), request('b'), request('c')];
  await a.begun;
  await a.unlock();
  await b.begun;
  await b.unlock();
  await c.begun;
  await c.unlock();
  const begun = events.filter((event) => event.endsWith('begins'));
  expect(begun).toEqual(['a begins', 'b begins', 'c begins']);
  expect(events).toContain('a is asked');
  expect(events).toContain('b is asked');
  expect(events).not.toContain('c is asked');
});

test('another upload is free meanwhile', async () => {
  const { request } = upload();
  await request('a').begun;
  await request('b', never, 'other').begun;
});

test('nobody waits for ever, and who gave up takes no turn', async () => {
  const { clock, request } = upload();
  const a = request('a');
  await a.begun;
  const late = request('b');
  clock.advance(1000);
  await expect(late.begun).rejects.toEqual(LATE);
  const gone = new AbortController();
  const left = request('c', gone.signal);
  gone.abort();
  await expect(left.begun).rejects.toEqual(LATE);
  const d = request('d');
  await late.unlock();
  await a.unlock();
  await d.begun;
  clock.advance(1000);
});
