import { expect, test } from 'bun:test';
import type { BusMessage } from '../../realtime/bus';
import type { Committer } from '../../storage/committer';
import { defineWrite } from '../../storage/write';
import { AccountEraser, type EraserDeps } from './eraser';
import type { EraseInput } from './writes';

const STEPS = ['mentions', 'devices'].map((name) =>
  defineWrite<EraseInput, boolean>(`${name}.erase`, async () => false),
);

/** An eraser whose commits are written down, and answered as the test says. */
function setUp(answers: Record<string, unknown[]> = {}) {
  const commits: string[] = [];
  const told: BusMessage[] = [];
  const errors: unknown[] = [];
  const pending = [{ userId: 7, username: 'ann' }];
  const committer = {
    submit: async (
      write: { name: string },
      _: unknown,
      _key: number,
      apply = (value: unknown) => value,
    ) => {
      commits.push(write.name);
      const answer = answers[write.name]?.shift() ?? (write.name.endsWith('.erase') ? false : null);
      if (answer instanceof Error) throw answer;
      return apply(write.name === 'accounts.begin_erasure' ? [11] : answer);
    },
  } as unknown as Committer;
  const deps = {
    erasures: { pending: async () => pending },
    departures: { leaveAll: async () => void commits.push('leave') },
    chats: { idsEverOf: async () => [1, 2] },
    committer,
    bus: { publish: (message: BusMessage) => void told.push(message) },
    now: () => 0,
    onError: (error: unknown) => void errors.push(error),
    steps: STEPS,
    onErased: () => {},
    errands: [async () => void commits.push('errand')],
  } as unknown as EraserDeps;
  return { eraser: new AccountEraser(deps), commits, told, errors };
}

const AFTER = ['leave', 'errand', 'mentions.erase', 'devices.erase'];
const NAMES = ['messages.forget_name', 'messages.forget_name'];

test('the account goes first, then what other features hold of it, then its name', async () => {
  const { eraser, commits, told } = setUp();
  await eraser.erase(7, 'hash');
  const end = 'accounts.finish_erasure';
  expect(commits).toEqual(['accounts.begin_erasure', ...AFTER, ...NAMES, end]);
  expect(told).toEqual([
    { kind: 'session_ended', userId: 7, sessionIds: [11] },
    { kind: 'profile', userId: 7, active: false },
  ]);
});

test('a step is repeated until nothing is left for it', async () => {
  const { eraser, commits } = setUp({ 'mentions.erase': [true, true, false] });
  await eraser.erase(7, 'hash');
  expect(commits.filter((name) => name === 'mentions.erase')).toHaveLength(3);
});

test('a chat is gone through stretch by stretch', async () => {
  const { eraser, commits } = setUp({ 'messages.forget_name': [1000, 2000, null, null] });
  await eraser.erase(7, 'hash');
  expect(commits.filter((name) => name === 'messages.forget_name')).toHaveLength(4);
});

test('an erasure that fails halfway is not finished, and goes on when it is taken up again', async () => {
  const { eraser, commits, errors } = setUp({ 'devices.erase': [new Error('disk full')] });
  await eraser.erase(7, 'hash');
  expect(errors).toHaveLength(1);
  expect(commits).not.toContain('accounts.finish_erasure');
  commits.length = 0;
  await eraser.resume();
  await new Promise((resolve) => setImmediate(resolve));
  expect(commits).toEqual([...AFTER, ...NAMES, 'accounts.finish_erasure']);
});

test('a refusal at the beginning is told, and nothing else happens', async () => {
  const { eraser, commits } = setUp({ 'accounts.begin_erasure': [new Error('the last one')] });
  await expect(eraser.erase(7, 'hash')).rejects.toThrow('the last one');
  expect(commits).toEqual(['accounts.begin_erasure']);
});
