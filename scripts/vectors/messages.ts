import { importAesKey, seal } from '../../packages/client/src/e2ee/aead';
import { type Bytes, concat, toBase64Url, utf8 } from '../../packages/client/src/e2ee/encoding';
import { hkdf } from '../../packages/client/src/e2ee/hash';
import { type SigningDomain, sign } from '../../packages/client/src/e2ee/keys/signing';
import type { BodyInput } from '../../packages/client/src/e2ee/messages/body';
import type { Envelope } from '../../packages/client/src/e2ee/messages/envelope';
import { sealMessage } from '../../packages/client/src/e2ee/messages/message';
import { pad } from '../../packages/client/src/e2ee/messages/padding';
import { firstDevice, type Person } from '../../packages/client/src/e2ee/testing/people';
import { ALICE, BOB, type Cast, CHAT, flipped, randomBytes } from './cast';

const EPOCH = 2;
const uuid = (n: number) => `0193a1b2-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** A message as the server delivers it. */
interface Delivered {
  readonly chat: number;
  readonly from: number;
  readonly client_message_id: string;
  readonly is_edited: boolean;
  readonly envelope: Envelope;
}

type More = { reply_to?: string; edits?: string };

class Scribe {
  constructor(
    readonly by: Person,
    readonly key: Bytes,
  ) {}

  async say(n: number, body: BodyInput, more: More = {}): Promise<Delivered> {
    const { deviceId, signing } = firstDevice(this.by);
    const place = { chat: CHAT, epoch: EPOCH, from: this.by.user, device: deviceId };
    const envelope = await sealMessage(
      { epoch: this.key, signing: signing.privateKey },
      { ...place, client_message_id: uuid(n), ...more },
      body,
    );
    return this.#delivered(envelope, n, more);
  }

  /** Seals whatever is given, padded or not, under whatever header. */
  async raw(n: number, padded: Bytes, change: object = {}, more: More = {}): Promise<Delivered> {
    const { deviceId: device } = firstDevice(this.by);
    const [salt, iv] = [randomBytes(16), randomBytes(12)];
    const place = { v: 1, chat: CHAT, epoch: EPOCH, from: this.by.user, device };
    const random = { salt: toBase64Url(salt), iv: toBase64Url(iv) };
    const header = { ...place, client_message_id: uuid(n), ...random, ...more, ...change };
    const h = toBase64Url(utf8(JSON.stringify(header)));
    const info = `chat-msg-v1|${CHAT}|${EPOCH}|${device}`;
    const key = await importAesKey(await hkdf(this.key, salt, info));
    const c = toBase64Url(await seal(key, iv, padded, utf8(h)));
    return this.#delivered(await this.signed(h, c), n, more);
  }

  async signed(h: string, c: string, domain: SigningDomain = 'msg'): Promise<Envelope> {
    const { signing } = firstDevice(this.by);
    return { h, c, s: await sign(signing.privateKey, domain, utf8(h + c)) };
  }

  #delivered(envelope: Envelope, n: number, { edits }: More): Delivered {
    const client_message_id = edits ?? uuid(n);
    const is_edited = edits !== undefined;
    return { chat: CHAT, from: this.by.user, client_message_id, is_edited, envelope };
  }
}

const text = (said: string): BodyInput => ({ kind: 'message', text: said });

/** Messages of Alice's in the second epoch. */
export async function messageVectors(cast: Cast, key: Bytes): Promise<object> {
  const alice = new Scribe(cast.alice, key);
  const first = await alice.say(1, text('Hello, Bob!'));
  const edit = await alice.say(3, text('Hello, Carol!'), { edits: uuid(1) });
  return {
    chat: CHAT,
    epoch: EPOCH,
    key: toBase64Url(key),
    members: [ALICE, BOB],
    accepted: await accepted(alice, first, edit),
    refused: [
      ...(await misplaced(alice, first, edit)),
      ...(await foreign(cast, alice, first)),
      ...(await unreadable(alice, first)),
    ],
    sequences: await sequences(alice, first, edit),
  };
}

async function accepted(alice: Scribe, first: Delivered, edit: Delivered): Promise<object[]> {
  const target = { target: uuid(1), target_from: ALICE };
  const body = async (name: string, n: number, said: BodyInput, more: More = {}) => ({
    name,
    ...(await alice.say(n, said, more)),
    body: said,
  });
  return [
    { name: 'plain', ...first, body: text('Hello, Bob!') },
    { name: 'an edit', ...edit, body: text('Hello, Carol!') },
    await body('a reply', 2, text('Übung 🎻 “quoted”'), { reply_to: uuid(1) }),
    await body('mentions', 4, { ...text('@bob'), mentions: [BOB] } as BodyInput),
    await body('a reaction', 5, { kind: 'reaction', ...target, emoji: '👍' }),
    await body('a reaction taken back', 6, {
      kind: 'reaction',
      ...target,
      emoji: '👍',
      remove: true,
    }),
    await body('a deletion', 7, { kind: 'deletion', ...target }),
    await body('padded by a block of its own', 8, text('x'.repeat(34))),
    await body('a file', 9, fileBody()),
  ];
}

const fileBody = (): BodyInput => ({
  kind: 'message',
  content_type: 'image',
  media: [
    {
      media_id: 77,
      key: toBase64Url(randomBytes(32)),
      prefix: toBase64Url(randomBytes(7)),
      size: 5,
      hash: toBase64Url(randomBytes(32)),
      name: 'a.jpg',
      type: 'image/jpeg',
      width: 640,
      height: 480,
    },
  ],
});

const named = (cases: [string, Delivered, string][]): object[] =>
  cases.map(([name, delivered, reason]) => ({ name, ...delivered, reason }));

async function misplaced(alice: Scribe, first: Delivered, edit: Delivered): Promise<object[]> {
  return named([
    ['in another chat', { ...first, chat: CHAT + 1 }, 'misplaced'],
    ['as somebody else’s', { ...first, from: BOB }, 'misplaced'],
    ['as another message', { ...first, client_message_id: uuid(99) }, 'misplaced'],
    ['as an edit', { ...first, is_edited: true }, 'misplaced'],
    ['an edit as a message', { ...edit, is_edited: false }, 'misplaced'],
    ['an edit of another message', { ...edit, client_message_id: uuid(2) }, 'misplaced'],
    ['a header that is none', await alice.raw(20, pad(utf8('{}')), { salt: 'AAAA' }), 'malformed'],
    ['a newer format', await alice.raw(21, pad(utf8('{}')), { v: 2 }), 'unsupported_version'],
    [
      'base64 with padding',
      { ...first, envelope: { ...first.envelope, h: `${first.envelope.h}=` } },
      'malformed',
    ],
  ]);
}

async function foreign(cast: Cast, alice: Scribe, first: Delivered): Promise<object[]> {
  const { h, c, s } = first.envelope;
  const carol = new Scribe(cast.carol, alice.key);
  const bob = new Scribe(cast.bob, alice.key);
  const stranger = { device: toBase64Url(randomBytes(16)) };
  return named([
    ['of a device on no list', await alice.raw(30, pad(utf8('{}')), stranger), 'unknown_device'],
    ['a turned bit of the text', { ...first, envelope: { h, c: flipped(c), s } }, 'bad_signature'],
    [
      'a turned bit of the signature',
      { ...first, envelope: { h, c, s: flipped(s) } },
      'bad_signature',
    ],
    ['signed by another device', { ...first, envelope: await bob.signed(h, c) }, 'bad_signature'],
    [
      'signed for another purpose',
      { ...first, envelope: await alice.signed(h, c, 'epoch') },
      'bad_signature',
    ],
    ['of somebody who is no member', await carol.say(31, text('Let me in')), 'not_a_member'],
    [
      'of an epoch that is not known',
      await alice.raw(32, pad(utf8('{}')), { epoch: 9 }),
      'missing_key',
    ],
  ]);
}

async function unreadable(alice: Scribe, first: Delivered): Promise<object[]> {
  const { h, c } = first.envelope;
  const body = utf8('{"kind":"message","text":"hi"}');
  const unmarked = concat(body, new Uint8Array(64 - body.length));
  const marked = (byte: number) =>
    concat(body, Uint8Array.of(byte), new Uint8Array(63 - body.length));
  const other = new Scribe(alice.by, randomBytes(32));
  const reaction = utf8(
    JSON.stringify({ kind: 'reaction', target: uuid(1), target_from: ALICE, emoji: '👍' }),
  );
  const resigned = { ...first, envelope: await alice.signed(h, flipped(c)) };
  return named([
    ['under another key', await other.say(40, text('hi')), 'undecryptable'],
    ['another ciphertext', resigned, 'undecryptable'],
    ['without padding’s mark', await alice.raw(41, unmarked), 'malformed'],
    ['another mark', await alice.raw(42, marked(0x81)), 'malformed'],
    [
      'a block of padding too many',
      await alice.raw(43, concat(pad(body), new Uint8Array(64))),
      'malformed',
    ],
    [
      'padded to less than a block',
      await alice.raw(44, concat(body, Uint8Array.of(0x80))),
      'malformed',
    ],
    ['no JSON', await alice.raw(45, pad(utf8('hi'))), 'malformed'],
    ['no UTF-8', await alice.raw(46, pad(concat(body, Uint8Array.of(0xff)))), 'malformed'],
    ['another kind', await alice.raw(47, pad(utf8('{"kind":"poll"}'))), 'malformed'],
    [
      'a reaction as an edit',
      await alice.raw(48, pad(reaction), {}, { edits: uuid(1) }),
      'malformed',
    ],
  ]);
}

async function sequences(alice: Scribe, first: Delivered, edit: Delivered): Promise<object[]> {
  const second = await alice.say(50, text('Hello, Dave!'), { edits: uuid(1) });
  const at = (id: number, delivered: Delivered, outcome: string) => ({ id, ...delivered, outcome });
  return [
    {
      name: 'the same message as another one',
      deliveries: [at(1, first, 'accepted'), at(1, first, 'accepted'), at(2, first, 'replayed')],
    },
    {
      name: 'back to what was edited',
      deliveries: [
        at(1, first, 'accepted'),
        at(1, edit, 'accepted'),
        at(1, second, 'accepted'),
        at(1, edit, 'replayed'),
        at(1, first, 'replayed'),
      ],
    },
  ];
}
