import { beforeAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Bytes, fromBase64Url, toBase64Url } from '../encoding';
import { newEpochKey } from '../epochs/epoch';
import { generateSigningPair, type SigningPair } from '../keys/signing';
import { reasonOf } from '../testing/people';
import type { BodyInput } from './body';
import { type Delivery, type Envelope, mustFit, readEnvelope } from './envelope';
import { openMessage, sealMessage, verifyMessage } from './message';

const ID = '0d6c1c6e-0f5e-4a57-9f7e-6b0d1f3c2a4b';
const OTHER_ID = '1d6c1c6e-0f5e-4a57-9f7e-6b0d1f3c2a4b';
const DEVICE = 'A'.repeat(22);
const place = { chat: 7, epoch: 4, from: 12, device: DEVICE, client_message_id: ID };
const delivery: Delivery = { chat: 7, from: 12, clientMessageId: ID, isEdited: false };
const hello: BodyInput = { kind: 'message', text: 'Hello, Bob!' };

let epoch: Bytes;
let signer: SigningPair;
let envelope: Envelope;

beforeAll(async () => {
  epoch = newEpochKey();
  signer = await generateSigningPair();
  envelope = await write(hello);
});

const write = (body: BodyInput, changes = {}) =>
  sealMessage({ epoch, signing: signer.privateKey }, { ...place, ...changes }, body);

async function read(sent: unknown, as: Delivery = delivery, key = epoch) {
  const { envelope: found, header } = readEnvelope(sent);
  mustFit(header, as);
  await verifyMessage(found, signer.publicKey);
  return openMessage(found, header, key);
}

describe('a message', () => {
  test('comes out as it went in', async () => {
    expect(await read(JSON.parse(JSON.stringify(envelope)))).toEqual({
      kind: 'message',
      text: 'Hello, Bob!',
      content_type: 'text',
      mentions: [],
      media: [],
    });
  });

  test('of any text comes out as it went in, and its length shows in blocks of 64 alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 400 }), async (text) => {
        const sent = await write({ kind: 'message', text });
        expect(await read(sent)).toMatchObject({ text });
        expect((fromBase64Url(sent.c).length - 16) % 64).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    [20, 450],
    [200, 530],
  ])('of %d bytes grows by at most %d', async (length, growth) => {
    const sent = await write({ kind: 'message', text: 'x'.repeat(length) });
    expect(JSON.stringify(sent).length - length).toBeLessThanOrEqual(growth);
  });

  test('is encrypted anew each time', async () => {
    const again = await write(hello);
    expect(again.c).not.toBe(envelope.c);
    expect(readEnvelope(again).header.salt).not.toBe(readEnvelope(envelope).header.salt);
  });
});

describe('a message is refused', () => {
  test.each([
    ['in another chat', { chat: 8 }],
    ["under another's name", { from: 13 }],
    ['as another message', { clientMessageId: OTHER_ID }],
    ['as an edit', { isEdited: true }],
  ])('%s', async (_, changes) => {
    expect(await reasonOf(() => read(envelope, { ...delivery, ...changes }))).toBe('misplaced');
  });

  test('as an original when it is an edit, or in place of another one', async () => {
    const edit = await write(hello, { client_message_id: OTHER_ID, edits: ID });
    expect(await reasonOf(() => read(edit))).toBe('misplaced');
    expect(await reasonOf(() => read(edit, { ...delivery, isEdited: true }))).toBe('accepted');
    const elsewhere = { ...delivery, clientMessageId: OTHER_ID, isEdited: true };
    expect(await reasonOf(() => read(edit, elsewhere))).toBe('misplaced');
  });

  test('by another signer, or with a part of another message', async () => {
    const other = await write({ kind: 'message', text: 'no' });
    for (const mixed of [
      { ...envelope, c: other.c },
      { ...envelope, s: other.s },
      { ...envelope, h: other.h },
    ]) {
      expect(await reasonOf(() => read(mixed))).toBe('bad_signature');
    }
  });

  test('with any bit turned', async () => {
    const fields = fc.constantFrom('h', 'c', 's') as fc.Arbitrary<keyof Envelope>;
    await fc.assert(
      fc.asyncProperty(fields, fc.nat(), async (field, at) => {
        const bytes = fromBase64Url(envelope[field]);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << (at % 8));
        const turned = { ...envelope, [field]: toBase64Url(bytes) };
        expect(['bad_signature', 'malformed', 'misplaced', 'unsupported_version']).toContain(
          await reasonOf(() => read(turned)),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('with the key of another epoch', async () => {
    expect(await reasonOf(() => read(envelope, delivery, newEpochKey()))).toBe('undecryptable');
  });

  test.each([null, {}, { h: '', c: '', s: '' }, { h: 'e30', c: 'AA', s: 'A'.repeat(86) }])(
    'when it is %j',
    async (value) => expect(await reasonOf(() => read(value))).toBe('malformed'),
  );

  test('of a version to come', async () => {
    const header = {
      ...JSON.parse(atob(envelope.h.replaceAll('-', '+').replaceAll('_', '/'))),
      v: 2,
    };
    const newer = { ...envelope, h: Buffer.from(JSON.stringify(header)).toString('base64url') };
    expect(await reasonOf(() => read(newer))).toBe('unsupported_version');
  });

  test.each([
    { kind: 'poll' },
    { kind: 'reaction', target: ID },
    { kind: 'message', text: 7 },
    { kind: 'message', media: [{ media_id: 1 }] },
  ])('with the body %j', async (body) => {
    const sent = await write(body as unknown as BodyInput);
    expect(await reasonOf(() => read(sent))).toBe('malformed');
  });
});
