import type { Chat, Message } from '@confab/protocol';
import { upload } from '../../packages/server/src/testing/files';
import { TestUser } from '../../packages/server/src/testing/user';
import type { WebWorld } from '../../test/support/web-world';
import { face, landscape } from './pictures';

const PEOPLE = {
  mara: {
    name: 'Mara Lindqvist',
    bio: 'Maps, mountains, too much coffee',
    colour: '#5b5bd6',
    hair: '#6b3f1d',
  },
  tomas: { name: 'Tomás Rey', bio: 'Bread and bicycles', colour: '#2f8f6b', hair: '#1d1a17' },
  aiko: { name: 'Aiko Tanaka', bio: '写真と山', colour: '#c2527a', hair: '#15131a' },
  jonas: { name: 'Jonas Weber', bio: 'Usually outside', colour: '#b7791f', hair: '#d9b26a' },
  priya: { name: 'Priya Nair', bio: 'Type, tea, trains', colour: '#7a4bb5', hair: '#221a1f' },
} as const;

type Name = keyof typeof PEOPLE;
export type Cast = Readonly<Record<Name, TestUser>>;

async function join(world: WebWorld, username: Name): Promise<TestUser> {
  const { name, bio, colour, hair } = PEOPLE[username];
  const user = await TestUser.register(() => world.server.url, username);
  await user.must('PUT', '/api/auth/me', { full_name: name, bio });
  const body = new Uint8Array(await face(colour, hair));
  const headers = { 'content-type': 'image/jpeg' };
  const answer = await user.fetch('/api/auth/me/avatar', { method: 'PUT', headers, body });
  if (!answer.ok) throw new Error(`The picture of ${username}: ${await answer.text()}`);
  return user;
}

async function pictures(
  user: TestUser,
  names: Parameters<typeof landscape>[0][],
): Promise<number[]> {
  const files = names.map(async (name) => ({
    name: `${name}.jpg`,
    type: 'image/jpeg',
    bytes: new Uint8Array(await landscape(name)),
  }));
  return (await upload(user, await Promise.all(files))).map(({ id }) => id);
}

async function weekend(cast: Cast): Promise<Chat> {
  const { mara, tomas, aiko, jonas, priya } = cast;
  const chat = await mara.group('Weekend in the hills', tomas, aiko, jonas, priya);
  const say = (who: TestUser, text: string, more = {}): Promise<Message> =>
    who.send(chat.id, text, more);
  const plan = await say(mara, 'Who is in for **Saturday**? The forecast is good until four.');
  await mara.must('PUT', `/api/messages/${plan.id}/pin`);
  await say(tomas, 'In! I bring bread, and the small stove.', { reply_to_id: plan.id });
  const media_ids = await pictures(aiko, ['morning', 'forest']);
  const photos = await say(aiko, 'From the ridge last time ☀️', { media_ids });
  for (const who of [mara, tomas, jonas]) {
    await who.must('PUT', `/api/messages/${photos.id}/reactions/${encodeURIComponent('😍')}`);
  }
  await say(jonas, 'Packing list:\n\n- boots\n- a warm layer\n- `map.gpx` on your phone');
  await say(priya, 'The 7:42 from the main station gets us there by nine. Meet at platform 5?');
  await say(mara, 'Perfect, @priya 🚂 See you all there!');
  return chat;
}

async function others(cast: Cast): Promise<void> {
  const { mara, tomas, aiko, jonas, priya } = cast;
  const lines: [TestUser, string][] = [
    [tomas, 'Did you get the key to the shed?'],
    [priya, 'New type specimen is up, tell me what you think'],
    [jonas, 'On my way'],
  ];
  for (const [who, text] of lines) await who.send((await who.direct(mara)).id, text);
  const club = await aiko.group('Photo club', mara, priya);
  await aiko.send(club.id, 'Theme for December: *quiet light*');
  const notes = await mara.direct(mara);
  await mara.send(notes.id, 'Return the tent by Friday');
}

/** People and chats as a newcomer might have them after a week. */
export async function populate(world: WebWorld): Promise<{ cast: Cast; chat: Chat }> {
  const names = Object.keys(PEOPLE) as Name[];
  const users = await Promise.all(names.map(async (name) => [name, await join(world, name)]));
  const cast = Object.fromEntries(users) as Cast;
  await others(cast);
  return { cast, chat: await weekend(cast) };
}
