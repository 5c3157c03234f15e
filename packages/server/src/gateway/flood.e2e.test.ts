import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { ManualClock } from '../testing/manual-clock';
import { TestServer } from '../testing/server';

describe('a flood of refused frames', () => {
  const clock = new ManualClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start({ clock });
  });
  afterAll(() => server.stop());

  test('closes the connection with 4029 after three hundred', async () => {
    const ann = await server.user('ann');
    const [socket, spared] = [await ann.connect(), await ann.connect()];
    for (let i = 0; i < 300; i++) socket.send('nonsense');
    await socket.settled();
    expect(socket.all('error')).toHaveLength(300);
    socket.send('one more');
    expect(await socket.closed()).toBe(4029);
    await spared.settled();
  });

  test('spread over more than ten seconds is borne', async () => {
    const socket = await (await server.user('ann')).connect();
    for (let second = 0; second < 30; second++) {
      for (let i = 0; i < 30; i++) socket.send('nonsense');
      await socket.settled();
      clock.advance(1000);
    }
    expect(socket.all('error')).toHaveLength(900);
  });

  test('counts errors of every kind, not good commands', async () => {
    const ann = await server.user('ann');
    const chat = await ann.direct(ann);
    const socket = await ann.connect();
    for (let i = 0; i < 1000; i++) socket.send({ type: 'typing_stop', chat_id: chat.id });
    await socket.settled();
    for (let i = 0; i < 400; i++) socket.send({ type: 'send_message', chat_id: 999, content: 'x' });
    expect(await socket.closed()).toBe(4029);
  });
});
