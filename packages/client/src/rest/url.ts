import type { Endpoint } from '@confab/protocol';

/** The server's address without a slash at its end; http(s) only. */
export function serverUrl(address: string): string {
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`The server's address must begin with http:// or https://: ${address}`);
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** The address of a WebSocket that a ticket (or an access token) opens. */
export function socketUrl(server: string, ticket: string): string {
  return `${server.replace(/^http/, 'ws')}/ws/${encodeURIComponent(ticket)}`;
}

type Values = Readonly<Record<string, unknown>>;

/** Puts the parameters into an endpoint's path and its query behind it. */
export function endpointUrl(
  server: string,
  endpoint: Endpoint,
  params: Values = {},
  query: Values = {},
): string {
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params[name])),
  );
  return `${server}${path === '/' ? '/' : path}${queryText(query)}`;
}

function queryText(query: Values): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
