import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Server } from './servers';

/** Two users with a chat of their own, one of whom writes. */
export interface Pair {
  token: string;
  chat: number;
  /** The next frame to send. */
  frame(request: string): string;
}

/** Base64url characters of a ciphertext and a signature; nobody opens or checks them here. */
const CIPHERTEXT = 'A'.repeat(360);
const SIGNATURE = 'A'.repeat(86);

interface Device {
  id: string;
  key: KeyObject;
  pem: string;
  kid: string;
}

/** RSA takes half a second, and the server does not mind one key for all. */
const wrapping = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).publicKey;

const base64Url = (text: string) => Buffer.from(text).toString('base64url');
const userOf = (token: string): number =>
  Number(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub);

async function post(server: Server, token: string, path: string, body: object) {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

const signed = (key: KeyObject, domain: string, text: string): string =>
  sign(null, Buffer.from(`${domain}\0${text}`), key).toString('base64url');

/** Gives a user a device, whose key signs the list as well. */
async function registerDevice(server: Server, token: string): Promise<Device> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'jwk' }).x ?? '';
  const id = createHash('sha256').update(token).digest('base64url').slice(0, 21).concat('A');
  const keys = { device_id: id, public_key: wrapping, signing_key: raw };
  const user = userOf(token);
  const list = { v: 1, user, version: 1, identity_key: raw, prev: null, devices: [keys] };
  const device_list = JSON.stringify(list);
  await post(server, token, '/api/encryption/generate-keys', {
    ...keys,
    name: 'bench',
    device_list,
    list_signature: signed(privateKey, 'device-list', device_list),
  });
  const der = Buffer.from(wrapping.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const kid = createHash('sha256').update(der).digest('base64url');
  return { id, key: privateKey, pem: wrapping, kid };
}

async function postEpoch(server: Server, token: string, chat: number, device: Device) {
  const header = { v: 1, typ: 'epoch', chat, epoch: 1, from: userOf(token), device: device.id };
  const jwe = {
    protected: base64Url('{"enc":"A256GCM"}'),
    aad: base64Url(JSON.stringify(header)),
    iv: 'A'.repeat(16),
    ciphertext: 'A'.repeat(43),
    tag: 'A'.repeat(22),
    recipients: [
      { header: { alg: 'RSA-OAEP-256', kid: device.kid }, encrypted_key: 'A'.repeat(342) },
    ],
  };
  const text = [jwe.protected, jwe.aad, jwe.iv, jwe.ciphertext, jwe.tag].join('.');
  const body = { epoch: 1, jwe, sig: signed(device.key, 'epoch', text) };
  await post(server, token, `/api/encryption/chats/${chat}/epochs`, body);
}

const openChat = async (server: Server, [token, other]: [string, string], encrypted: boolean) =>
  Number(
    (
      await post(server, token, '/api/chats/direct', {
        user_id: userOf(other),
        is_encrypted: encrypted,
      })
    ).id,
  );

function headerOf(chat: number, from: number, device: string, id: string): string {
  const place = { v: 1, chat, epoch: 1, from, device, client_message_id: id };
  return base64Url(JSON.stringify({ ...place, salt: 'A'.repeat(22), iv: 'A'.repeat(16) }));
}

export async function encryptedPair(server: Server, tokens: [string, string]): Promise<Pair> {
  const [token, other] = tokens;
  const device = await registerDevice(server, token);
  await registerDevice(server, other);
  const chat = await openChat(server, tokens, true);
  await postEpoch(server, token, chat, device);
  const from = userOf(token);
  const frame = (request_id: string) => {
    const client_message_id = crypto.randomUUID();
    const h = headerOf(chat, from, device.id, client_message_id);
    const envelope = { h, c: CIPHERTEXT, s: SIGNATURE };
    const command = { type: 'send_message', chat_id: chat, request_id };
    return JSON.stringify({ ...command, client_message_id, envelope });
  };
  return { token, chat, frame };
}

/** The same octets as a text. */
export async function plainPair(server: Server, tokens: [string, string]): Promise<Pair> {
  const [token] = tokens;
  const chat = await openChat(server, tokens, false);
  const header = headerOf(chat, userOf(token), 'A'.repeat(22), crypto.randomUUID());
  const content = header + CIPHERTEXT + SIGNATURE;
  const frame = (request_id: string) => {
    const client_message_id = crypto.randomUUID();
    const command = { type: 'send_message', chat_id: chat, request_id };
    return JSON.stringify({ ...command, client_message_id, content });
  };
  return { token, chat, frame };
}
