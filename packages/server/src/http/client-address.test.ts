import { describe, expect, test } from 'bun:test';
import { ClientAddresses } from './client-address';

const trusting = (...proxies: string[]) => new ClientAddresses(proxies);

describe('a client’s address', () => {
  test.each([
    ['nobody is trusted', [], '192.0.2.1', '203.0.113.9', '192.0.2.1'],
    ['there is no header', ['192.0.2.1'], '192.0.2.1', null, '192.0.2.1'],
    ['a trusted proxy tells it', ['192.0.2.1'], '192.0.2.1', '203.0.113.9', '203.0.113.9'],
    ['another peer tells one', ['192.0.2.1'], '192.0.2.2', '203.0.113.9', '192.0.2.2'],
    [
      'the client made up the first ones',
      ['192.0.2.1'],
      '192.0.2.1',
      '1.1.1.1, 2.2.2.2, 203.0.113.9',
      '203.0.113.9',
    ],
    [
      'a chain of proxies is trusted',
      ['10.0.0.0/8', '192.0.2.1'],
      '192.0.2.1',
      '1.1.1.1, 203.0.113.9, 10.1.2.3, 10.9.9.9',
      '203.0.113.9',
    ],
    ['all of them are trusted', ['10.0.0.0/8'], '10.0.0.1', '10.0.0.2', '10.0.0.2'],
    ['the header is nonsense', ['192.0.2.1'], '192.0.2.1', 'unknown', '192.0.2.1'],
    ['the header is empty', ['192.0.2.1'], '192.0.2.1', '', '192.0.2.1'],
    ['IPv4 comes through IPv6', ['192.0.2.1'], '::ffff:192.0.2.1', '203.0.113.9', '203.0.113.9'],
    ['the proxy speaks IPv6', ['2001:db8::/32'], '2001:db8::7', '2001:db9::1', '2001:db9::1'],
    ['the hop is written as IPv6', ['::1'], '::1', '::ffff:203.0.113.9', '203.0.113.9'],
  ])('when %s', (_, proxies, peer, header, expected) => {
    expect(trusting(...proxies).of(peer, header)).toBe(expected);
  });

  test.each(['localhost', '10.0.0.0/33', '::1/129', '10.0.0/8', '10.0.0.1/x', '*'])(
    'the proxy %s is no address: the server does not start',
    (proxy) => {
      expect(() => trusting(proxy)).toThrow(`TRUSTED_PROXIES has "${proxy}"`);
    },
  );
});

describe('where a client finds the server', () => {
  const origin = (headers: Record<string, string>, ...proxies: string[]) =>
    trusting(...proxies).originFor(
      '192.0.2.1',
      new Request('http://localhost', { headers: new Headers(headers) }),
    );
  const forwarded = {
    host: 'inner:8000',
    'x-forwarded-host': 'Chat.example.org',
    'x-forwarded-proto': 'https',
  };

  test('is what it asked for', () => {
    expect(origin({ host: 'chat.local:8000' })).toBe('http://chat.local:8000');
    expect(origin({ host: '[::1]:8000' })).toBe('http://[::1]:8000');
  });

  test('is what a trusted proxy says, and nobody else', () => {
    expect(origin(forwarded, '192.0.2.1')).toBe('https://chat.example.org');
    expect(origin(forwarded)).toBe('http://inner:8000');
    expect(origin({ host: 'chat.org', 'x-forwarded-proto': 'https' }, '192.0.2.1')).toBe(
      'https://chat.org',
    );
  });

  test.each(['a"b', 'a b', '$(id)', '<script>', ''])('is not %p', (host) => {
    expect(origin({ ...forwarded, 'x-forwarded-host': host }, '192.0.2.1')).toBe(
      'https://THIS_SERVER',
    );
  });
});
