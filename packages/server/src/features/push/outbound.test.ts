import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Server } from 'bun';
import { ManualClock } from '../../testing/manual-clock';
import { CERTIFICATE, CERTIFICATE_KEY } from '../../testing/push/certificate';
import { Outbound, TIMEOUT_MS } from './outbound';

describe('a post to an address that stands for a name', () => {
  let server: Server<undefined>;
  const outbound = new Outbound(new ManualClock(), CERTIFICATE);
  beforeAll(() => {
    server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      tls: { cert: CERTIFICATE, key: CERTIFICATE_KEY },
      fetch: (request) => new Response(request.headers.get('host')),
    });
  });
  afterAll(() => server.stop(true));

  const post = (serverName: string) =>
    outbound.post({
      url: `https://127.0.0.1:${server.port}/send`,
      serverName,
      headers: { host: 'push.example.net' },
      body: '',
    });

  test('reaches the server that proves to have the name', async () => {
    expect(await post('push.example.net')).toMatchObject({
      kind: 'answered',
      status: 200,
      text: 'push.example.net',
    });
  });

  test('tells nothing to one that has another', async () => {
    expect(await post('other.example.net')).toEqual({ kind: 'unreachable' });
  });
});

describe('a post', () => {
  const answering = (body: BodyInit | Promise<BodyInit>) =>
    Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: async () => new Response(await body) });
  const post = (outbound: Outbound, port: number | undefined) =>
    outbound.post({ url: `http://127.0.0.1:${port}/`, headers: {}, body: 'x' });

  test('reads no more than the beginning of a long answer', async () => {
    const server = answering('x'.repeat(10_000_000));
    const posted = await post(new Outbound(new ManualClock()), server.port);
    expect(posted).toMatchObject({ kind: 'answered', text: 'x'.repeat(16 * 1024) });
    await server.stop(true);
  });

  test('ends when its time is up, in the middle of an answer too', async () => {
    const clock = new ManualClock();
    const begun = Promise.withResolvers<void>();
    const server = answering(
      new ReadableStream({
        start: (controller) => {
          controller.enqueue('{"beginning":');
          begun.resolve();
        },
      }),
    );
    const posted = post(new Outbound(clock), server.port);
    await begun.promise;
    clock.advance(TIMEOUT_MS);
    expect(await posted).toEqual({ kind: 'timed_out' });
    await server.stop(true);
  });

  test('is broken off when all is closed', async () => {
    const server = answering(new Promise(() => {}));
    const outbound = new Outbound(new ManualClock());
    const posted = post(outbound, server.port);
    outbound.close();
    expect(await posted).toEqual({ kind: 'unreachable' });
    await server.stop(true);
  });
});
