import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { ManualClock } from '../../../testing/manual-clock';
import { Tokens } from '../../auth/tokens';
import { LINK_MAX_S, Links } from './links';

const SECRET = 'a secret of the server, long enough';
const target = { mediaId: 7, variant: 'file' } as const;

function world() {
  const clock = new ManualClock();
  const links = new Links(SECRET, clock.now);
  const claims = { userId: 12, sessionId: 345, expiresAt: clock.now() + 60_000 };
  return { clock, links, claims, token: links.sign({ ...target, ...claims }) };
}

const refused = (links: Links, token: string, about: Parameters<Links['verify']>[1] = target) => {
  try {
    links.verify(token, about);
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'accepted';
};

describe('a link', () => {
  test('says who asks, and until when', () => {
    const { links, claims, token } = world();
    expect(links.verify(token, target)).toEqual(claims);
    expect(token).toMatch(/^[\w.-]{1,80}$/);
  });

  test('is good to its last millisecond, and never after', () => {
    const { clock, links, token } = world();
    clock.advance(59_999);
    expect(refused(links, token)).toBe('accepted');
    clock.advance(1);
    expect(refused(links, token)).toBe('token_expired');
  });

  test('is for one file and one variant', () => {
    const { links, token } = world();
    expect(refused(links, token, { mediaId: 8, variant: 'file' })).toBe('invalid_token');
    expect(refused(links, token, { mediaId: 7, variant: 'thumbnail' })).toBe('invalid_token');
  });

  test('with any part changed is refused', () => {
    const { links, token } = world();
    const parts = token.split('.');
    for (const [at, swapped] of [
      [0, 'd'],
      [1, 'zz'],
      [2, 'zzzzzzz'],
      [3, 'A'.repeat(43)],
    ] as const) {
      const forged = parts.with(at, swapped).join('.');
      expect(refused(links, forged)).toBe('invalid_token');
    }
    const at = token.length - 2;
    const turned = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    expect(refused(links, turned)).toBe('invalid_token');
  });

  test('that nobody signed is refused', () => {
    const { links, claims } = world();
    const others = new Links('another secret of another server', () => claims.expiresAt - 1000);
    expect(refused(links, others.sign({ ...target, ...claims }))).toBe('invalid_token');
    for (const text of ['', '.', '...', `1.2.3.${'A'.repeat(43)}`, 'x'.repeat(100_000)]) {
      expect(refused(links, text)).toBe('invalid_token');
    }
    fc.assert(
      fc.property(fc.string(), (text) => expect(refused(links, text)).toBe('invalid_token')),
    );
  });

  test('is no token of another kind, and none of those is a link', async () => {
    const { clock, links, token } = world();
    const tokens = new Tokens(SECRET, 600, clock.now);
    expect(refused(links, tokens.refresh(12, 345))).toBe('invalid_token');
    expect(refused(links, await tokens.access(12, 345))).toBe('invalid_token');
    await expect(tokens.verifyAccess(token)).rejects.toMatchObject({ code: 'invalid_token' });
    expect(() => tokens.readRefresh(token)).toThrow();
  });

  test('is never good for more than five minutes', () => {
    const { clock, links, claims } = world();
    const expiresAt = clock.now() + LINK_MAX_S * 1000;
    expect(links.sign({ ...target, ...claims, expiresAt })).toBeString();
    expect(() => links.sign({ ...target, ...claims, expiresAt: expiresAt + 1 })).toThrow(
      RangeError,
    );
  });

  test('is the same for two minutes, so that browsers find what they loaded', () => {
    const { clock, links } = world();
    for (let s = 0; s < 600; s++) {
      const left = links.expiry() - clock.now();
      expect(left).toBeWithin(180_000, LINK_MAX_S * 1000 + 1);
      clock.advance(1000);
    }
    const first = links.expiry();
    clock.advance(119_000);
    expect(links.expiry()).toBe(first);
  });
});
