import { describe, expect, test } from 'bun:test';
import { ManualClock } from '../../../testing/manual-clock';
import { type Resolve, Targets } from './targets';

const names: Record<string, string[]> = {
  'push.example.net': ['203.0.114.7'],
  'six.example.net': ['fe80::1', '2606:4700::1111'],
  'inside.example.net': ['10.0.0.5', '::1'],
  'both.example.net': ['2606:4700::1111', '2606:4700::2222', '203.0.114.7', '203.0.114.8'],
  localhost: ['127.0.0.1', '::1'],
};
const resolve: Resolve = async (hostname) => {
  const found = names[hostname];
  if (!found) throw new Error('ENOTFOUND');
  return found;
};
const clock = new ManualClock();
const targets = new Targets(false, resolve, clock);
const inTests = new Targets(true, resolve, clock);

describe('targets', () => {
  test('the address that was checked is the one that is connected to', async () => {
    expect(await targets.locate('https://push.example.net:8443/send/a?b=c')).toEqual({
      kind: 'target',
      urls: ['https://203.0.114.7:8443/send/a?b=c'],
      serverName: 'push.example.net',
    });
    expect(await targets.locate('https://six.example.net/send')).toMatchObject({
      urls: ['https://[2606:4700::1111]/send'],
    });
  });

  test('of each protocol one address is tried', async () => {
    expect(await targets.locate('https://both.example.net/')).toMatchObject({
      urls: ['https://203.0.114.7/', 'https://[2606:4700::1111]/'],
    });
  });

  test('an address in place of a name needs no name', async () => {
    expect(await targets.locate('https://203.0.114.7/')).toEqual({
      kind: 'target',
      urls: ['https://203.0.114.7/'],
      serverName: undefined,
    });
  });

  test.each([
    'https://inside.example.net/',
    'https://localhost/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]:8443/',
    'https://[::ffff:169.254.169.254]/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/',
    'http://push.example.net/',
    'http://127.0.0.1/',
    'https://user:password@push.example.net/',
    'ftp://push.example.net/',
    'file:///etc/passwd',
    'nonsense',
  ])('%s is forbidden', async (endpoint) => {
    expect(await targets.locate(endpoint)).toEqual({ kind: 'forbidden' });
  });

  test('a name without an address is unknown for now', async () => {
    expect(await targets.locate('https://nowhere.example.net/')).toEqual({ kind: 'unknown' });
  });

  test('a name that takes too long is unknown for now', async () => {
    const never: Resolve = () => new Promise(() => {});
    const located = new Targets(false, never, clock).locate('https://push.example.net/');
    clock.advance(5000);
    expect(await located).toEqual({ kind: 'unknown' });
  });
});

describe('in tests', () => {
  test('https goes anywhere, http to this machine alone', () => {
    for (const good of [
      'https://10.0.0.1/',
      'http://127.0.0.1:9000/',
      'http://localhost/',
      'http://[::1]/',
    ]) {
      expect([good, inTests.fault(good)]).toEqual([good, undefined]);
    }
    for (const bad of ['http://10.0.0.1/', 'http://push.example.net/', 'http://127.0.0.1.evil/']) {
      expect([bad, inTests.fault(bad)]).toEqual([bad, 'must be an https URL']);
    }
  });
});
