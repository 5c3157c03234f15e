import type { ConnectionState, StopReason } from './connection/machine';
import type { Unsubscribe } from './emitter';
import { ClientError } from './errors';

type OnState = (listener: (event: { state: ConnectionState }) => void) => Unsubscribe;

/** Resolves once the connection is current; fails with `signed_out` or `closed` once it is over. */
export function untilOnline(onState: OnState, now: () => ConnectionState): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = (state: ConnectionState) => {
      if (state.name !== 'online' && state.name !== 'stopped') return;
      stop();
      if (state.name === 'online') resolve();
      else reject(stopped(state.reason));
    };
    const stop = onState(({ state }) => check(state));
    check(now());
  });
}

function stopped(reason: StopReason): ClientError {
  if (reason === 'signed_out') return new ClientError('signed_out', 'Sign in first');
  return new ClientError('closed', `The connection ended: ${reason}`);
}
