import type { ManualClock } from './manual-clock';
import type { TestServer } from './server';
import type { TestSocket } from './socket';
import { eventually } from './waiting';

/**
 * Two users of their own, one of whom hears of the other's presence after everything that was to be
 * told before. The answer waits for that, and for the given sockets to have got what was sent.
 */
export async function presenceProbe(server: TestServer, clock: ManualClock) {
  const [shown, watcher] = [await server.user('probe'), await server.user('probe')];
  const chat = await shown.group('Probe', watcher);
  await shown.connect();
  const socket = await watcher.connect();
  let rounds = 0;
  const heard = () =>
    socket.all('user_status').filter((frame) => frame.user_id === (shown.id as never)).length;
  return async (...sockets: TestSocket[]): Promise<void> => {
    // What is told of the probe's coming is not what this round asks for.
    for (const nickname of [`a${rounds}`, `b${rounds++}`]) {
      const before = heard();
      await shown.must('PUT', `/api/chats/${chat.id}/settings`, { nickname });
      await eventually(() => {
        clock.advance(50);
        return heard() > before;
      }, 'the word of the probe');
    }
    await Promise.all(sockets.map((each) => each.settled()));
  };
}
