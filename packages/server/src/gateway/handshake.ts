import { BEARER_SUBPROTOCOL, ConfabError, SUBPROTOCOL } from '@confab/protocol';

export interface Handshake {
  token: string;
  /** It negotiates `confab.v1`, and so confirms deliveries itself. */
  confirms: boolean;
}

/** Whether a request's path is the WebSocket's: `/ws` or `/ws/{access_token}`. */
export function isSocketPath(pathname: string): boolean {
  return pathname === '/ws' || pathname.startsWith('/ws/');
}

/**
 * Finds the token: in the path, the Authorization header, or the subprotocol list.
 * @throws ConfabError `unauthorized` when there is none
 */
export function readHandshake(pathname: string, headers: Headers): Handshake {
  const protocols = (headers.get('sec-websocket-protocol') ?? '')
    .split(',')
    .map((protocol) => protocol.trim());
  const token =
    pathname.slice('/ws/'.length).replace(/\/$/, '') ||
    /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ||
    protocols
      .find((protocol) => protocol.startsWith(BEARER_SUBPROTOCOL))
      ?.slice(BEARER_SUBPROTOCOL.length);
  if (!token) {
    throw new ConfabError('unauthorized', 'Open the WebSocket at /ws/{access_token}');
  }
  return { token, confirms: protocols.includes(SUBPROTOCOL) };
}
