import { PlainDevice } from '../devices/plain-device';
import { SdkDevice } from '../devices/sdk-device';
import type { World } from '../world';
import { checkApiView } from './api-view';
import { checkDatabase } from './database';
import { checkReplica, checkSdk } from './device-view';
import { checkDisappeared, checkScheduled } from './in-time';
import { checkNotices } from './notices';

/** Until receipts are stored, and told to whom they concern. */
const RECEIPTS_STORED_MS = 2500;

/** After all has settled: everything that anybody holds is what the database holds. */
export async function checkEverything(world: World): Promise<void> {
  world.witness.ledger.check(world.store);
  checkDatabase(world);
  checkNotices(world);
  checkDisappeared(world);
  checkScheduled(world);
  checkLinks(world);
  checkDelivered(world);
  await readEverything(world);
  for (const user of world.users) await checkApiView(world, user);
  for (const device of world.devices) {
    if (device instanceof SdkDevice) await checkSdk(world, device);
    if (device instanceof PlainDevice) checkReplica(world, device);
  }
}

/** Fetching a page implies delivery; here it does so before anything is compared. */
async function readEverything(world: World): Promise<void> {
  for (const user of world.users) {
    world.witness.receipts.fetches(user.id);
    for (const chat of world.model.chatsOf(user.id)) {
      await world.machine?.services.messages.page(user.id, chat.id, { limit: 1 });
    }
  }
  await world.timeline.sleep(RECEIPTS_STORED_MS, { alive: true });
}

/** What the live connections were told reaches to the end of every chat. */
function checkLinks(world: World) {
  for (const link of world.network.links) {
    const log = world.witness.log(link);
    // A connection whose token ran out may be on its way back: it is told of the chats by `ready`.
    if (!link.isHealthy || !log.isReady) continue;
    const mine = world.model.chatsOf(link.owner.userId);
    for (const chat of mine) {
      const known = log.knownRev(chat.id);
      if (known === chat.rev) continue;
      world.fail('3', `${link.name} was told of chat ${chat.id} up to ${known}, not ${chat.rev}`);
    }
    const sum = mine.reduce((total, chat) => total + chat.rev, 0);
    const [told, revisions] = log.sum ?? [sum, 0];
    if (revisions === world.model.revisions() && told !== sum) {
      world.fail('3', `${link.name}: rev_sum ${told}, not ${sum}`);
    }
    const owed = [...log.owed].find(([, count]) => count > 0);
    if (owed) world.fail('4', `${link.name} was not told that chat ${owed[0]} is read`);
    const typists = [...log.typing].join();
    if (typists && !log.mayMissPassing)
      world.fail('0', `${link.name} shows for ever as typing: ${typists}`);
  }
}

/** Promise 5: whoever is connected has received everything. */
function checkDelivered(world: World) {
  for (const user of world.users) {
    const devices = world.devices.filter((device) => device.userId === user.id);
    if (devices.every((device) => device.kind === 'confirming')) continue;
    for (const chat of world.model.chatsOf(user.id)) {
      const delivered = chat.members.get(user.id)?.deliveredSeq ?? 0;
      if (delivered === chat.lastSeq) continue;
      const kinds = devices.map((device) => device.kind);
      const what = `${user.username} (${kinds}) has all ${chat.lastSeq} of chat ${chat.id}`;
      world.fail('5', `${what}, but delivered counts ${delivered}`);
    }
  }
}
