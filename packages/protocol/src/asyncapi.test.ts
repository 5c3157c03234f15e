import { describe, expect, test } from 'bun:test';
import specification from '@asyncapi/specs/schemas/3.0.0.json';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { asyncApiDocument } from './asyncapi';
import { CLOSE } from './close-codes';
import { ACKS, COMMANDS, type CommandType } from './commands';
import { ERRORS } from './errors';
import { EVENTS, type EventType } from './events';

const document = asyncApiDocument({ version: '1.2.3' });
const { messages } = document.components;

const newAjv = () => addFormats(new Ajv({ strict: false, allErrors: true }));
const example = (key: string) => messages[key]?.examples[0]?.payload;

describe('the AsyncAPI document', () => {
  test('is valid AsyncAPI 3.0', () => {
    // The specification brings the JSON Schema draft along in which it is written.
    const ajv = addFormats(new Ajv({ strict: false, meta: false, validateSchema: false }));
    const validate = ajv.compile(specification);
    validate(structuredClone(document));
    expect(validate.errors ?? []).toEqual([]);
  });

  test('is the same every time', () => {
    expect(JSON.stringify(asyncApiDocument({ version: '1.2.3' }))).toBe(JSON.stringify(document));
  });

  test('resolves every reference', () => {
    for (const [, ref = ''] of JSON.stringify(document).matchAll(/"\$ref":"(.*?)"/g)) {
      const steps = ref.replace('#/', '').split('/');
      const target = steps.reduce<unknown>((node, step) => Object(node)[step], document);
      expect([ref, target === undefined]).toEqual([ref, false]);
    }
  });

  test('receives every command and replies with its ack or an error', () => {
    for (const name of Object.keys(COMMANDS)) {
      expect(document.operations[`command.${name}`]).toMatchObject({
        action: 'receive',
        reply: {
          messages: [
            { $ref: `#/channels/socket/messages/ack.${name}` },
            { $ref: '#/channels/socket/messages/event.error' },
          ],
        },
      });
    }
  });

  test('sends every event', () => {
    for (const name of Object.keys(EVENTS).filter((event) => event !== 'ack')) {
      expect(document.operations[`event.${name}`]).toMatchObject({ action: 'send' });
    }
  });

  test('tells all close codes and error codes', () => {
    const codes = Object.values(CLOSE).map(({ code }) => code);
    expect(document['x-confab-close-codes']).toHaveLength(codes.length);
    for (const code of codes) expect(document.info.description).toContain(`| ${code} |`);
    expect(document['x-confab-errors']).toHaveLength(Object.keys(ERRORS).length);
  });

  test('tells every way to sign in', () => {
    expect(document.info.description).toContain('/ws/{access_token}');
    expect(document.info.description).toContain('Authorization: Bearer');
    expect(document.info.description).toContain('confab.v1, bearer.');
    expect(document.channels.socketWithHeaders).toHaveProperty('address', '/ws');
  });

  test('names the server where it is told', () => {
    const { servers } = asyncApiDocument({ version: '1', serverUrl: 'https://chat.example.org' });
    expect(servers).toMatchObject({
      confab: { protocol: 'wss', variables: { host: { default: 'chat.example.org' } } },
    });
  });
});

describe('the example of', () => {
  const ajv = newAjv();
  ajv.addSchema({ $id: 'document', ...document });

  test.each(Object.entries(messages))('%s fits its schema', (_key, { payload, examples }) => {
    const text = JSON.stringify(payload).replaceAll('"#/components', '"document#/components');
    const validate = ajv.compile(JSON.parse(text));
    validate(examples[0]?.payload);
    // A missing one is cured with `.meta({ examples: […] })` at the field that is named here.
    expect(validate.errors ?? []).toEqual([]);
  });

  test.each(Object.keys(COMMANDS) as CommandType[])('command %s is accepted', (name) => {
    expect(COMMANDS[name].safeParse(example(`command.${name}`)).error?.issues).toBeUndefined();
  });

  test.each(Object.keys(ACKS) as CommandType[])('the ack of %s is accepted', (name) => {
    expect(ACKS[name].safeParse(example(`ack.${name}`)).error?.issues).toBeUndefined();
  });

  test.each((Object.keys(EVENTS) as EventType[]).filter((name) => name !== 'ack'))(
    'event %s is accepted',
    (name) => {
      expect(EVENTS[name].safeParse(example(`event.${name}`)).error?.issues).toBeUndefined();
    },
  );
});
