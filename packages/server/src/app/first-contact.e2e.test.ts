import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { ServerFrame } from '@confab/protocol';
import { TestServer } from '../testing/server';
import type { TestUser } from '../testing/user';

/** Debian's own, where its package python3-websockets is found. */
const PYTHON = '/usr/bin/python3';
/** In CI nothing is skipped. */
const mustRun =
  process.env.CI === 'true' || Bun.spawnSync([PYTHON, '-c', 'import websockets']).success;

/** What a manual shows to somebody who tries the server out with Python. */
const script = (uri: string) => `
import asyncio
import websockets
import json
async def test():
    uri = '${uri}'
    async with websockets.connect(uri) as websocket:
        # Send a test message
        await websocket.send(json.dumps({
            'type': 'send_message',
            'chat_id': 1,
            'content': 'Test message'
        }))
        # Listen for response
        response = await websocket.recv()
        print(json.loads(response))
asyncio.run(test())
`;

describe('the first thing that somebody tries', () => {
  let server: TestServer;
  let ann: TestUser;
  beforeAll(async () => {
    server = await TestServer.start();
    ann = await server.user('john_doe');
    expect((await ann.group('First')).id).toBe(1 as never);
  });
  afterAll(() => server.stop());

  const uri = () => `${server.url.replace('http', 'ws')}/ws/${ann.token}`;

  test('a WebSocket in JavaScript, written by hand', async () => {
    const ws = new WebSocket(uri());
    const received: ServerFrame[] = [];
    const echoed = new Promise<void>((resolve) => {
      ws.onmessage = (event) => {
        const data = JSON.parse(event.data);
        received.push(data);
        if (data.type === 'new_message') resolve();
      };
    });
    await new Promise((resolve) => {
      ws.onopen = resolve;
    });
    ws.send(
      JSON.stringify({
        type: 'send_message',
        chat_id: 1,
        content: 'Hello, world!',
        message_type: 'text',
      }),
    );
    await echoed;
    ws.close();
    expect(received).toMatchObject([
      { type: 'ready' },
      {
        type: 'new_message',
        message: {
          chat_id: 1,
          sender_id: ann.id,
          sender_username: ann.username,
          content: 'Hello, world!',
        },
      },
    ] as never);
  });

  test.if(mustRun)('a WebSocket in Python, with Debian’s websockets', async () => {
    const watching = await ann.connect();
    const python = Bun.spawn([PYTHON, '-c', script(uri())], { stdout: 'pipe', stderr: 'pipe' });
    const [out, err] = await Promise.all([
      new Response(python.stdout).text(),
      new Response(python.stderr).text(),
    ]);
    expect([await python.exited, err]).toEqual([0, '']);
    expect(out).toContain("'type': 'ready'");
    await watching.event('new_message', (frame) => frame.message.content === 'Test message');
  });
});
