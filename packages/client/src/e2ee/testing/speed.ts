/**
 * Measures what encryption takes of a client's time, and prints it as one line of JSON: medians in
 * milliseconds of a message of 200 bytes and of an epoch of a group with 100 devices. The benchmark
 * runs it as a program.
 */
import { makeEpoch, newEpochKey, openEpoch, readEpoch, verifyEpoch } from '../epochs/epoch';
import { hashText } from '../hash';
import { generateDevice } from '../keys/device-keys';
import { importWrappingKey } from '../keys/wrapping';
import { readBody, writeBody } from '../messages/body';
import { readEnvelope } from '../messages/envelope';
import { openMessage, sealMessage, verifyMessage } from '../messages/message';
import { nextUuid } from './fake-device';

const MESSAGES = 2_000;
const EPOCHS = 30;
const DEVICES = 100;
/** Making an RSA key takes a second or so; wrapping to one takes as long whoever else has it. */
const KEY_PAIRS = 4;
const BODY = { kind: 'message', text: 'x'.repeat(200) } as const;

/** The median of how long it takes, in milliseconds, after a tenth of the runs as a warm-up. */
async function medianMs(runs: number, one: (run: number) => unknown): Promise<number> {
  for (let run = 0; run < runs / 10; run++) await one(run);
  const took: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await one(run);
    took.push(performance.now() - start);
  }
  return took.sort((a, b) => a - b)[runs >> 1] ?? Number.NaN;
}

async function messages() {
  const [device, epoch] = [await generateDevice(), newEpochKey()];
  const place = () => ({
    chat: 7,
    epoch: 4,
    from: 12,
    device: device.deviceId,
    client_message_id: nextUuid(),
  });
  const seal = () => sealMessage({ epoch, signing: device.signing.privateKey }, place(), BODY);
  const sent: string[] = [];
  for (let i = 0; i < MESSAGES; i++) sent.push(JSON.stringify(await seal()));
  const open = async (run: number) => {
    const { envelope, header } = readEnvelope(JSON.parse(sent[run] ?? ''));
    await verifyMessage(envelope, device.signing.publicKey);
    return openMessage(envelope, header, epoch);
  };
  return {
    plainMs: await medianMs(MESSAGES, () => readBody(writeBody(BODY))),
    sealMs: await medianMs(MESSAGES, async () => JSON.stringify(await seal())),
    openMs: await medianMs(MESSAGES, open),
    grownBytes: (sent[0]?.length ?? 0) - BODY.text.length,
  };
}

async function epochs() {
  const made = await Promise.all(Array.from({ length: KEY_PAIRS }, generateDevice));
  const [maker] = made;
  if (!maker) throw new Error('No device');
  const recipients = Array.from({ length: DEVICES }, (_, i) => ({
    device_id: `${i}`.padStart(22, 'A'),
    public_key: made[i % KEY_PAIRS]?.wrapping.publicKey ?? '',
  }));
  const plan = {
    chat: 7,
    epoch: 4,
    from: 12,
    device: maker.deviceId,
    log: await hashText('log'),
    share: false,
    at: Date.now(),
    recipients,
  };
  const make = () =>
    makeEpoch(maker.signing.privateKey, plan, { key: newEpochKey(), before: null });
  const { posted } = await make();
  const { kid } = await importWrappingKey(maker.wrapping.publicKey);
  const own = { kid, privateKey: maker.wrapping.privateKey };
  const open = async () => {
    const epoch = readEpoch(posted).posted;
    await verifyEpoch(epoch, maker.signing.publicKey);
    return openEpoch(epoch, own);
  };
  return {
    makeEpochMs: await medianMs(EPOCHS, make),
    openEpochMs: await medianMs(EPOCHS, open),
  };
}

console.log(JSON.stringify({ ...(await messages()), ...(await epochs()) }));
