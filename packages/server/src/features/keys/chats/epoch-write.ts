import { ConfabError } from '@confab/protocol/failure';
import { defineWrite, type WriteContext } from '../../../storage/write';
import { chatAndActor, saveChat } from '../../chats/writes';

/** An epoch's key, wrapped to one key of a device. */
export interface WrappedKey {
  keyId: string;
  encryptedKey: string;
}

export interface EpochInput {
  chatId: number;
  userId: number;
  deviceId: string;
  epoch: number;
  /** JSON of what all devices get of it. */
  jwe: string;
  sig: string;
  keys: WrappedKey[];
  at: number;
}

interface Audience {
  user_id: number;
  device_id: string;
  key_id: string;
}

/** Slices that one statement inserts. */
const CHUNK = 200;

/** Makes an epoch the newest one of its chat, if it is the next. @returns its number */
export const postEpoch = defineWrite<EpochInput, number>(
  'keys.post_epoch',
  async (context, input) => {
    const { chat } = await chatAndActor(context, input.chatId, input.userId);
    mustBeEncrypted(chat);
    if (input.epoch !== chat.epoch + 1) throw stale(`The newest epoch is ${chat.epoch}`);
    const audience = await devicesOfMembers(context, input.chatId);
    mustBeOwn(audience, input);
    const slices = slicesFor(audience, input.keys);
    await context.db
      .insertInto('chat_epochs')
      .values({
        chat_id: input.chatId,
        epoch: input.epoch,
        jwe: input.jwe,
        sig: input.sig,
        created_at: input.at,
      })
      .execute();
    await storeSlices(context, input, slices);
    await saveChat(context, { ...chat, epoch: input.epoch, epoch_stale: 0 });
    return input.epoch;
  },
);

/** @throws ConfabError `not_supported` */
export function mustBeEncrypted(chat: { is_encrypted: number }): void {
  if (chat.is_encrypted === 1) return;
  throw new ConfabError('not_supported', 'This chat is not encrypted');
}

const stale = (why: string) =>
  new ConfabError('stale_epoch', `${why}: read what changed and make the next one.`);

function devicesOfMembers({ db }: WriteContext, chatId: number): Promise<Audience[]> {
  return db
    .selectFrom('chat_members as m')
    .innerJoin('encryption_devices as d', 'd.user_id', 'm.user_id')
    .select(['d.user_id', 'd.device_id', 'd.key_id'])
    .where('m.chat_id', '=', chatId)
    .where('m.left_at', 'is', null)
    .execute();
}

function mustBeOwn(audience: readonly Audience[], { userId, deviceId }: EpochInput): void {
  if (audience.some((one) => one.user_id === userId && one.device_id === deviceId)) return;
  throw new ConfabError('invalid', 'The epoch is from a device that is not on your list');
}

/**
 * Only current devices of current members get keys. A member may be left out, as the membership log
 * may not know them yet; but whoever gets keys gets them on every device, or one that was added
 * meanwhile would wait for the next epoch.
 * @throws ConfabError `invalid` or `stale_epoch`
 */
function slicesFor(audience: readonly Audience[], keys: readonly WrappedKey[]) {
  const wrapped = new Map(keys.map((key) => [key.keyId, key.encryptedKey]));
  const known = new Set(audience.map((one) => one.key_id));
  if ([...wrapped.keys()].some((keyId) => !known.has(keyId))) {
    throw stale('It is wrapped to a key that no device of a member has now');
  }
  const reached = audience.filter((one) => wrapped.has(one.key_id));
  const users = new Set(reached.map((one) => one.user_id));
  if (audience.some((one) => users.has(one.user_id) && !wrapped.has(one.key_id))) {
    throw stale('A member to whom it is wrapped has another device');
  }
  return reached.map((one) => ({ ...one, encrypted_key: wrapped.get(one.key_id) as string }));
}

async function storeSlices(
  { db }: WriteContext,
  { chatId, epoch }: EpochInput,
  slices: ReturnType<typeof slicesFor>,
): Promise<void> {
  for (let i = 0; i < slices.length; i += CHUNK) {
    const rows = slices.slice(i, i + CHUNK).map((slice) => ({ ...slice, chat_id: chatId, epoch }));
    await db.insertInto('epoch_slices').values(rows).execute();
  }
}
