import {
  COMMANDS,
  type Command,
  type CommandType,
  ConfabError,
  invalidInput,
  plainFault,
  RequestId,
  validated,
} from '@confab/protocol';
import { parseJson } from '../lib/json';
import type { AllCommandHandlers } from '../realtime/commands';
import type { Connection } from '../realtime/connection';
import { errorFrame } from './error-frame';

const isCommand = (type: unknown): type is CommandType =>
  typeof type === 'string' && Object.hasOwn(COMMANDS, type);

/** A frame that was understood so far that it can be answered. */
interface Envelope {
  type: CommandType;
  requestId: string | undefined;
  fields: Record<string, unknown>;
}

/**
 * Turns a client's frames into commands: parsed, checked by the schema of their type, run, and
 * answered by an ack or an error.
 */
export class Dispatcher {
  readonly #handlers: AllCommandHandlers;
  readonly #onInternalError: (error: unknown) => void;
  /** Called for every frame that was refused. */
  readonly #onRefused: (connection: Connection) => void;

  constructor(
    handlers: AllCommandHandlers,
    onRefused: (connection: Connection) => void,
    onInternalError: (error: unknown) => void,
  ) {
    this.#handlers = handlers;
    this.#onRefused = onRefused;
    this.#onInternalError = onInternalError;
  }

  async handle(connection: Connection, text: string): Promise<void> {
    let requestId: string | undefined;
    try {
      const parsed = parse(text);
      requestId = requestIdOf(parsed);
      const { type, fields } = envelope(parsed, requestId);
      const ack = await this.#run(type, connection, fields);
      if (requestId !== undefined) {
        connection.sendSoon(JSON.stringify({ type: 'ack', request_id: requestId, ...ack }));
      }
    } catch (error) {
      if (!(error instanceof ConfabError)) this.#onInternalError(error);
      connection.sendSoon(errorFrame(error, requestId));
      this.#onRefused(connection);
    }
  }

  #run<T extends CommandType>(type: T, connection: Connection, fields: Record<string, unknown>) {
    const command = validated(COMMANDS[type], fields, `The frame ${type}`);
    const handler = this.#handlers[type];
    return handler(connection, command as Command<T>);
  }
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    throw new ConfabError('invalid_json', 'The frame is not valid JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfabError('invalid', 'A frame is a JSON object with a type', {
      errors: [{ path: '', message: 'must be an object' }],
    });
  }
  return value as Record<string, unknown>;
}

function requestIdOf(fields: Record<string, unknown>): string | undefined {
  if (fields.request_id === undefined || fields.request_id === null) return undefined;
  const result = RequestId.safeParse(fields.request_id, { error: plainFault });
  if (result.success) return result.data;
  const message = result.error.issues[0]?.message ?? 'is not valid';
  throw invalidInput('The frame', [{ path: 'request_id', message }]);
}

function envelope(fields: Record<string, unknown>, requestId: string | undefined): Envelope {
  const { type } = fields;
  if (isCommand(type)) return { type, requestId, fields };
  const shown = typeof type === 'string' ? `"${type.slice(0, 64)}"` : 'missing or not a string';
  throw new ConfabError('unknown_type', `The frame's type is ${shown}`, {
    errors: [{ path: 'type', message: `must be one of: ${Object.keys(COMMANDS).join(', ')}` }],
  });
}
