import { ConfabError, LIMITS, SUBPROTOCOL } from '@confab/protocol';
import type { Server, ServerWebSocket, WebSocketHandler } from 'bun';
import type { Claims } from '../features/auth';
import type { Origins } from '../http/cors';
import { problemResponse } from '../http/problem';
import type { Socket } from '../realtime/connection';
import type { Entrance } from './entrances';
import type { Gateway } from './gateway';
import { readHandshake } from './handshake';

/** What travels with a socket from its upgrade on. */
export type SocketData = Entrance;

/** A connection this far behind between two sweeps is dropped by the runtime itself. */
const HARD_UNSENT_BYTES = 16 * 1024 * 1024;

/** The runtime's WebSocket as the hub knows it. */
class RuntimeSocket implements Socket {
  readonly #ws: ServerWebSocket<SocketData>;

  constructor(ws: ServerWebSocket<SocketData>) {
    this.#ws = ws;
  }

  send(frames: readonly string[]) {
    // Corked, so that frames of topics that are still pending leave in the same write.
    this.#ws.cork((ws) => {
      for (const frame of frames) ws.send(frame);
    });
  }

  subscribe(topic: string) {
    this.#ws.subscribe(topic);
  }

  unsubscribe(topic: string) {
    this.#ws.unsubscribe(topic);
  }

  bufferedBytes() {
    return this.#ws.getBufferedAmount();
  }

  close(code: number, reason: string) {
    this.#ws.close(code, reason);
  }

  terminate() {
    this.#ws.terminate();
  }
}

export function socketHandlers(
  gateway: Gateway,
  maxFrameBytes: number = LIMITS.frameBytes,
): WebSocketHandler<SocketData> {
  return {
    // A larger frame is answered with 1009 before the rest of it is read.
    maxPayloadLength: maxFrameBytes,
    backpressureLimit: HARD_UNSENT_BYTES,
    closeOnBackpressureLimit: true,
    perMessageDeflate: false,
    idleTimeout: 120,
    sendPings: true,
    open(ws) {
      gateway.open(new RuntimeSocket(ws), ws.data);
    },
    message(ws, message) {
      if (ws.data.connection) gateway.receive(ws.data.connection, message);
    },
    close(ws) {
      if (ws.data.connection) gateway.closed(ws.data.connection);
    },
  };
}

export interface UpgradeDeps {
  gateway: Gateway;
  origins: Origins;
  authenticate: (token: string) => Promise<Claims>;
}

/** Upgrades a request at `/ws…`, or answers why not. */
export async function upgrade(
  request: Request,
  pathname: string,
  server: Server<SocketData>,
  deps: UpgradeDeps,
): Promise<Response | undefined> {
  try {
    const origin = request.headers.get('origin');
    if (origin !== null && !deps.origins.allows(origin, request.headers.get('host'))) {
      throw new ConfabError('origin_not_allowed', 'Pages of this origin may not connect here');
    }
    const { token, confirms } = readHandshake(pathname, request.headers);
    const claims = await deps.authenticate(token);
    return await enter(request, server, deps.gateway, claims, confirms);
  } catch (error) {
    return problemResponse(error, crypto.randomUUID());
  }
}

async function enter(
  request: Request,
  server: Server<SocketData>,
  gateway: Gateway,
  claims: Claims,
  confirms: boolean,
): Promise<undefined> {
  const entrance = gateway.admit(claims, confirms);
  // Said even when it is none: else the runtime echoes the first offer, which may be the token.
  const headers = { 'sec-websocket-protocol': confirms ? SUBPROTOCOL : '' };
  try {
    while (entrance.outdated) await gateway.prepare(entrance);
    if (server.upgrade(request, { data: entrance, headers })) return;
    throw new ConfabError('bad_request', 'This path takes WebSocket connections only');
  } catch (error) {
    gateway.dismiss(entrance);
    throw error;
  }
}
