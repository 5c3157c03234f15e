import type { EncryptionDevice } from '@confab/protocol';
import type { DeviceState, Encryption } from '../e2ee';
import type { ChatApp } from './chat-app';
import { plainLine } from './plain-text';
import { reasonOf } from './reasons';
import { encryptionOf } from './secrets';

/** The fewest characters of an id by which a device is named. */
const ID_LEAST = 4;

/** Who begins anew right now. */
const beginners = new WeakSet<ChatApp>();

/** Brings encryption up, with whatever its user must be told. Whether it is up. */
export async function startEncryption(app: ChatApp): Promise<boolean> {
  const encryption = encryptionOf(app);
  const state = await encryption.start();
  if (state === 'off') showKey(app, await encryption.setUp(app.device));
  if (state !== 'needs_approval') return true;
  await askToBeLetIn(app);
  return false;
}

/** Goes on with keys that are here; who has none is not bothered. */
export async function resumeEncryption(app: ChatApp): Promise<void> {
  if (app.encryption) await app.encryption.start();
}

async function askToBeLetIn(app: ChatApp): Promise<void> {
  const encryption = encryptionOf(app);
  const { code } = await encryption.devices.requestApproval(app.device);
  app.screen.print(
    `This device cannot read your encrypted messages yet. On another one of yours type\n\n` +
      `  /approve ${code}\n\nor type /recover and your recovery key here. Then open the chat again.`,
  );
  encryption.waitForGrant().catch((error: unknown) => app.warn(reasonOf(error)));
}

/** Tells when this device comes in, or is shut out, and when somebody has other keys made. */
export function watchOwnDevice(app: ChatApp, encryption: Encryption): void {
  encryption.on('key_changed', ({ user_id }) => {
    if (user_id !== app.view.self || beginners.has(app)) return;
    app.warn('You began anew on another device. If that was not you, change your password.');
  });
  let before: DeviceState | null = null;
  encryption.on('state', ({ state }) => {
    if (before === 'needs_approval' && state === 'ready') app.say('This device was let in.');
    if (before === 'ready' && state === 'needs_approval') {
      app.warn(
        'This device was shut out: it reads nothing new. /recover and your recovery key let it in ' +
          'again, and so does another device once you open an encrypted chat here.',
      );
    }
    before = state;
  });
}

function showKey(app: ChatApp, { recoveryKey }: { recoveryKey: string | null }): void {
  app.screen.print(
    'Your recovery key, shown this once. Write it down: it alone opens your encrypted messages\n' +
      `when all your devices are lost.\n\n  ${recoveryKey}\n`,
  );
}

export async function approve(app: ChatApp, code: string): Promise<void> {
  const { name } = await encryptionOf(app).devices.approve(code);
  app.say(`${plainLine(name)} was let in.`);
}

export async function recover(app: ChatApp, key: string): Promise<void> {
  const encryption = encryptionOf(app);
  const wasIn = (await encryption.start()) === 'ready';
  await encryption.recover(app.device, { key });
  if (wasIn) app.say('This is your recovery key, and this device knows it.');
}

export async function makeNewKey(app: ChatApp): Promise<void> {
  showKey(app, await encryptionOf(app).devices.renewRecovery());
  app.say('The one before is good for nothing any more. Tell it to your other devices: /recover.');
}

export async function showDevices(app: ChatApp): Promise<void> {
  const lines = (await devicesOf(app)).map((device) => deviceLine(app, device));
  app.screen.print(lines.join('\n') || 'None of your devices encrypts yet.');
}

function deviceLine(app: ChatApp, { id, name, created_at }: EncryptionDevice): string {
  const mark = id === encryptionOf(app).deviceId ? '●' : '○';
  return `${mark} ${plainLine(name)}, since ${created_at.slice(0, 10)} (${id})`;
}

/** Shuts a device out by its id, or the beginning of it. */
export async function expel(app: ChatApp, beginning: string): Promise<void> {
  const encryption = encryptionOf(app);
  const found = (await devicesOf(app)).filter(({ id }) => id.startsWith(beginning));
  const [device] = found;
  if (beginning.length < ID_LEAST || !device || found.length > 1) {
    throw new Error(`Which one? /devices tells the ids; ${ID_LEAST} characters of one can do.`);
  }
  if (device.id === encryption.deviceId) {
    throw new Error('That is this device. Shut it out from another one.');
  }
  await encryption.removeDevice(device.id);
  app.say(`${plainLine(device.name)} reads nothing new from now on. If it was stolen: /anew.`);
}

/** Other keys in place of those that were lost or stolen, once its user knows what that means. */
export async function beginAnew(app: ChatApp, isSure: boolean): Promise<void> {
  if (!isSure) {
    return app.say(
      'You get other keys and another recovery key; the keys of your other devices are good for ' +
        'nothing then. What was encrypted before stays closed here unless this device can read it. ' +
        'Everybody is told that your keys changed. /anew yes does it.',
    );
  }
  const encryption = encryptionOf(app);
  await encryption.start();
  beginners.add(app);
  try {
    showKey(app, await encryption.resetIdentity(app.device));
  } finally {
    beginners.delete(app);
  }
}

const devicesOf = async (app: ChatApp): Promise<readonly EncryptionDevice[]> =>
  (await app.client.api.encryption.devices()).items;
