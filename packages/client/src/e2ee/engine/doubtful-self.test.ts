import { expect, test } from 'bun:test';
import { FakeDevice } from '../testing/fake-device';
import { FakeWorld } from '../testing/fake-world';
import { reasonOf } from '../testing/people';
import { readyKeys } from '../testing/ready-keys';

test('who was let in by keys that were lost since is told so, and writes once let in again', async () => {
  const [world, makeKeys] = [new FakeWorld(), readyKeys()];
  const [lost, bob] = [
    await FakeDevice.make({ world, user: 1, makeKeys }),
    await FakeDevice.make({ world, user: 2, makeKeys }),
  ];
  for (const one of [lost, bob]) await one.setUp();
  const chat = await lost.makeRoom('group', [2]);
  await bob.engine.chatChanged(chat);
  const owner = (await lost.engine.chat(chat)).members;
  await owner.remove(2);
  await owner.add(2);
  const alice = await FakeDevice.make({ world, user: 1, makeKeys });
  await alice.engine.devices.resetIdentity('New');
  await alice.engine.start();
  await bob.engine.peerChanged(1);
  expect(await reasonOf(() => bob.say(chat, 'too early'))).toBe('not_a_member');
  const { members } = await alice.engine.chat(chat);
  await members.remove(2);
  await members.add(2);
  await bob.say(chat, 'here');
  await alice.fetch(chat);
  expect(await alice.shown(chat)).toEqual(['here']);
});
