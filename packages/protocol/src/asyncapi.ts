import { type FrameDescription, frameCatalogue } from './documents/asyncapi-frames';
import {
  ACCESS_WAYS,
  asyncApiDescription,
  closeCodeRows,
  errorRows,
} from './documents/asyncapi-text';
import type { JsonSchema } from './documents/json-schema';
import { allLimits, type DocumentLimits } from './documents/limits';
import { BEARER_SUBPROTOCOL, SUBPROTOCOL } from './events';

export interface AsyncApiOptions {
  version: string;
  /** Where the server is reached, such as `https://chat.example.org`. */
  serverUrl?: string;
  /** Limits that are configured otherwise than by default. */
  limits?: Partial<DocumentLimits>;
}

export type AsyncApiDocument = {
  asyncapi: string;
  info: Record<string, unknown>;
  channels: Record<string, Record<string, unknown>>;
  operations: Record<string, Record<string, unknown>>;
  components: {
    schemas: Record<string, JsonSchema>;
    messages: Record<string, { payload: JsonSchema; examples: { payload: unknown }[] }>;
    [part: string]: unknown;
  };
  [field: string]: unknown;
};

const ref = (...path: string[]) => ({ $ref: `#/${path.join('/')}` });

/** The WebSocket interface as an AsyncAPI 3.0 document, seen from the server. */
export function asyncApiDocument(options: AsyncApiOptions): AsyncApiDocument {
  const limits = allLimits(options.limits);
  const { commands, acks, events, schemas } = frameCatalogue();
  const frames = [...commands, ...acks, ...events];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Confab live',
      version: options.version,
      description: asyncApiDescription(limits),
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: { confab: server(options.serverUrl) },
    channels: channels(frames),
    operations: operations(commands, events),
    components: {
      schemas: schemas.components(),
      messages: Object.fromEntries(frames.map((frame) => [frame.key, message(frame)])),
      correlationIds: {
        request: {
          description: 'An ack or an error carries the request_id of its command.',
          location: '$message.payload#/request_id',
        },
      },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: ACCESS_WAYS.map(({ how, text }) => `${how}: ${text}`).join('\n\n'),
        },
      },
    },
    'x-confab-close-codes': closeCodeRows(),
    'x-confab-errors': errorRows(),
    'x-confab-limits': limits,
  };
}

function server(serverUrl = 'http://localhost:8000'): object {
  const { protocol, host } = new URL(serverUrl);
  return {
    host: '{host}',
    protocol: protocol === 'https:' ? 'wss' : 'ws',
    variables: { host: { default: host, description: 'Where this server is reached' } },
    security: [ref('components', 'securitySchemes', 'bearer')],
  };
}

function channels(frames: FrameDescription[]): AsyncApiDocument['channels'] {
  const messages = Object.fromEntries(
    frames.map(({ key }) => [key, ref('components', 'messages', key)]),
  );
  return {
    socket: {
      address: '/ws/{access_token}',
      title: 'The live connection',
      description: ACCESS_WAYS[0]?.text ?? '',
      parameters: { access_token: { description: 'An access token, or a ticket' } },
      messages,
      bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
    },
    socketWithHeaders: {
      address: '/ws',
      title: 'The live connection, signed in by a header',
      description: 'The same conversation, without a token in the address.',
      messages,
      bindings: { ws: { method: 'GET', headers: handshakeHeaders(), bindingVersion: '0.1.0' } },
    },
  };
}

function handshakeHeaders(): object {
  return {
    type: 'object',
    description: 'One of the two',
    properties: {
      Authorization: { type: 'string', examples: ['Bearer eyJhbGciOiJIUzI1NiJ9.…'] },
      'Sec-WebSocket-Protocol': {
        type: 'string',
        description: `Only ${SUBPROTOCOL} is echoed`,
        examples: [`${SUBPROTOCOL}, ${BEARER_SUBPROTOCOL}eyJhbGciOiJIUzI1NiJ9.…`],
      },
    },
  };
}

function operations(
  commands: FrameDescription[],
  events: FrameDescription[],
): AsyncApiDocument['operations'] {
  const onChannel = (key: string) => ref('channels', 'socket', 'messages', key);
  const receive = commands.map(({ key, name, summary }) => [
    key,
    {
      action: 'receive',
      channel: ref('channels', 'socket'),
      summary,
      messages: [onChannel(key)],
      reply: {
        channel: ref('channels', 'socket'),
        messages: [onChannel(`ack.${name}`), onChannel('event.error')],
      },
    },
  ]);
  const send = events.map(({ key, summary }) => [
    key,
    { action: 'send', channel: ref('channels', 'socket'), summary, messages: [onChannel(key)] },
  ]);
  return Object.fromEntries([...receive, ...send]);
}

function message(frame: FrameDescription) {
  const answers = frame.kind !== 'event' || frame.name === 'error';
  return {
    name: frame.kind === 'ack' ? 'ack' : frame.name,
    title: frame.kind === 'ack' ? `ack of ${frame.name}` : frame.name,
    summary: frame.summary,
    ...(answers ? { correlationId: ref('components', 'correlationIds', 'request') } : {}),
    payload: frame.payload,
    examples: [{ name: frame.name, payload: frame.example }],
  };
}
