import type { z } from 'zod';
import { ACKS, COMMAND_SUMMARIES, COMMANDS, type CommandType, RequestId } from '../commands';
import { EVENT_SUMMARIES, EVENTS, type EventType } from '../events';
import { exampleOf } from './examples';
import { type Direction, type JsonSchema, SchemaSet } from './json-schema';

/** A frame as it goes over the wire, described. */
export interface FrameDescription {
  /** Unique among all frames: `command.ping`, `ack.ping`, `event.ready`. */
  key: string;
  kind: 'command' | 'ack' | 'event';
  /** Of a command or an event its `type`; of an ack the command that it answers. */
  name: string;
  summary: string;
  payload: JsonSchema;
  example: unknown;
}

export interface FrameCatalogue {
  commands: FrameDescription[];
  acks: FrameDescription[];
  events: FrameDescription[];
  schemas: SchemaSet;
}

type RequestIdUse = 'none' | 'optional' | 'required';

/** All frames of the protocol. `ack` stands once per command, with the fields that it carries. */
export function frameCatalogue(): FrameCatalogue {
  const schemas = new SchemaSet('draft-07');
  const describe = frameDescriber(schemas);
  const commands = (Object.keys(COMMANDS) as CommandType[]).map((name) =>
    describe('command', name, {
      type: name,
      body: COMMANDS[name],
      requestId: 'optional',
      summary: COMMAND_SUMMARIES[name],
    }),
  );
  const acks = (Object.keys(ACKS) as CommandType[]).map((name) =>
    describe('ack', name, {
      type: 'ack',
      body: ACKS[name],
      requestId: 'required',
      summary: `${name} was done.`,
    }),
  );
  const events = (Object.keys(EVENTS) as EventType[])
    .filter((name) => name !== 'ack')
    .map((name) =>
      describe('event', name, {
        type: name,
        body: EVENTS[name],
        requestId: 'none',
        summary: EVENT_SUMMARIES[name],
      }),
    );
  return { commands, acks, events, schemas };
}

interface FrameSource {
  type: string;
  body: z.ZodType;
  requestId: RequestIdUse;
  summary: string;
}

function frameDescriber(schemas: SchemaSet) {
  return (kind: FrameDescription['kind'], name: string, source: FrameSource): FrameDescription => {
    const direction: Direction = kind === 'command' ? 'input' : 'output';
    const body = inlined(schemas.json(source.body, direction), schemas);
    const requestId = source.requestId === 'none' ? {} : requestIdField(schemas, direction);
    const payload: JsonSchema = {
      type: 'object',
      ...(body.description ? { description: body.description } : {}),
      properties: {
        type: { type: 'string', const: source.type },
        ...requestId,
        ...requiredFirst(body),
      },
      required: [
        'type',
        ...(source.requestId === 'required' ? ['request_id'] : []),
        ...(body.required ?? []),
      ],
    };
    const example = exampleOf(payload, (ref) => schemas.resolve(ref));
    return { key: `${kind}.${name}`, kind, name, summary: source.summary, payload, example };
  };
}

/** A frame's fields stand beside its `type`, so a body that is a component is taken apart. */
function inlined(schema: JsonSchema, schemas: SchemaSet): JsonSchema {
  return schema.$ref ? schemas.resolve(schema.$ref) : schema;
}

function requiredFirst({ properties = {}, required = [] }: JsonSchema): Record<string, JsonSchema> {
  const rank = (name: string) => (required.includes(name) ? 0 : 1);
  return Object.fromEntries(Object.entries(properties).sort(([a], [b]) => rank(a) - rank(b)));
}

function requestIdField(schemas: SchemaSet, direction: Direction): Record<string, JsonSchema> {
  return { request_id: schemas.json(RequestId, direction) };
}
