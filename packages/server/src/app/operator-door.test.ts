import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfabError } from '@confab/protocol';
import type { OperatorDesk } from '../features/admin';
import { askDoor, type Door, doorPath, knock, openDoor } from './operator-door';

describe('the door of the command line', () => {
  let directory: string;
  let path: string;
  const doors: Door[] = [];
  const errors: unknown[] = [];
  const desk = {
    run: async (task: string, input: unknown) => {
      if (task === 'refuse') throw new ConfabError('conflict', 'Not now');
      if (task === 'break') throw new Error('a secret of the server');
      return { task, input };
    },
  } as unknown as OperatorDesk;
  const open = async () => {
    const door = await openDoor(path, desk, (error) => errors.push(error));
    doors.push(door);
    return door;
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'confab-door-'));
    path = doorPath(directory);
  });
  afterEach(async () => {
    for (const door of doors.splice(0)) await door.close();
    rmSync(directory, { recursive: true });
  });

  test('has tasks done, and tells why not', async () => {
    await open();
    const request = { task: 'promote', input: { username: 'ann' } };
    expect(await askDoor(path, request)).toEqual(request);
    const refusal = askDoor(path, { task: 'refuse', input: {} });
    await expect(refusal).rejects.toMatchObject({ code: 'conflict', message: 'Not now' });
    const fault = askDoor(path, { task: 'break', input: {} });
    await expect(fault).rejects.toMatchObject({ code: 'internal' });
    await expect(fault).rejects.not.toThrow('secret');
    expect(errors.splice(0)).toHaveLength(1);
  });

  test('is answered at while it is open', async () => {
    expect(await knock(path)).toBe(false);
    const door = await open();
    expect(await knock(path)).toBe(true);
    await door.close();
    expect(await knock(path)).toBe(false);
    expect(existsSync(path)).toBe(false);
  });

  test('replaces what a killed server left, and no living server’s', async () => {
    writeFileSync(path, '');
    await open();
    await expect(open()).rejects.toThrow('Another server');
    expect(await knock(path)).toBe(true);
  });

  test('lies elsewhere when the storage directory’s path is too long for a socket', () => {
    const long = join(directory, 'x'.repeat(120));
    expect(doorPath(long).length).toBeLessThan(100);
    expect(doorPath(long)).not.toBe(doorPath(`${long}y`));
    expect(doorPath(directory)).toBe(join(directory, 'operator.sock'));
  });
});
