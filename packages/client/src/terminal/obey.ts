import type { Chat, ChatMember, ScheduledId } from '@confab/protocol';
import type { ChatApp } from './chat-app';
import { COMMANDS_HELP, type Input } from './input';
import { findChat, findUser, messageAt, openChatOf } from './lookup';
import { saveFiles, sendFiles } from './obey-files';
import {
  disappear,
  invite,
  join,
  mute,
  pin,
  readNotifications,
  schedule,
  showNotifications,
  showPins,
  showScheduled,
  unmute,
} from './obey-more';
import { search } from './obey-search';
import * as ownDevice from './own-device';
import { plainLine } from './plain-text';
import { memberLine } from './render';
import * as secrets from './secrets';

/** Does what was typed. Fails with an error whose message is for the user. */
export async function obey(app: ChatApp, input: Exclude<Input, { name: 'quit' }>): Promise<void> {
  switch (input.name) {
    case 'nothing':
      return;
    case 'mistake':
      throw new Error(input.message);
    case 'help':
      return app.screen.print(COMMANDS_HELP);
    case 'say':
      return send(app, input.text);
    case 'chats':
      return app.showChats();
    case 'open':
      return openFound(app, input.who);
    case 'direct':
      return openDirect(app, input.who);
    case 'encrypted':
      return openEncrypted(app, input.who);
    case 'safety':
      return secrets.showSafety(app);
    case 'verify':
      return secrets.verify(app, input.code);
    case 'accept':
      return secrets.accept(app);
    case 'devices':
      return ownDevice.showDevices(app);
    case 'approve':
      return ownDevice.approve(app, input.code);
    case 'recover':
      return ownDevice.recover(app, input.code);
    case 'expel':
      return ownDevice.expel(app, input.code);
    case 'newkey':
      return ownDevice.makeNewKey(app);
    case 'anew':
      return ownDevice.beginAnew(app, input.isSure);
    case 'group':
      return openGroup(app, input);
    case 'history':
      return showHistory(app, input.count);
    case 'search':
      return search(app, input.q);
    case 'reply':
      return reply(app, input.seq, input.text);
    case 'send':
      return sendFiles(app, input.words);
    case 'save':
      return saveFiles(app, input.seq, input.path);
    case 'edit':
      await app.client.edit((await messageAt(app, input.seq)).id, input.text);
      return;
    case 'delete':
      return app.client.delete((await messageAt(app, input.seq)).id);
    case 'react':
      await app.client.react((await messageAt(app, input.seq)).id, input.emoji);
      return;
    case 'unreact':
      await app.client.unreact((await messageAt(app, input.seq)).id, input.emoji);
      return;
    case 'pin':
    case 'unpin':
      return pin(app, input.seq, input.name === 'pin');
    case 'pins':
      return showPins(app);
    case 'mute':
      return mute(app, input.until);
    case 'unmute':
      return unmute(app);
    case 'disappear':
      return disappear(app, input.seconds);
    case 'schedule':
      return schedule(app, input.when, input.text);
    case 'scheduled':
      return showScheduled(app);
    case 'unschedule':
      return app.client.api.cancelScheduled(input.id as ScheduledId);
    case 'notifications':
      return input.read ? readNotifications(app) : showNotifications(app);
    case 'invite':
      return invite(app, input.seconds);
    case 'join':
      return join(app, input.who);
    case 'members':
      return showMembers(app);
    case 'add':
      return addMember(app, input.who);
    case 'remove':
      return removeMember(app, input.who);
    case 'role':
      return setRole(app, input.who, input.role);
    case 'block':
      return block(app, input.who);
    case 'unblock':
      return unblock(app, input.who);
    case 'blocked':
      return showBlocked(app);
    case 'leave':
      return leave(app);
    case 'retry':
      return retry(app);
  }
}

/** What is opened at the start, by the words after the program's name. */
export async function openFirst(
  app: ChatApp,
  { chat, encrypted }: { chat: string | undefined; encrypted: string | undefined },
): Promise<void> {
  if (encrypted !== undefined) return openEncrypted(app, encrypted);
  await ownDevice.resumeEncryption(app);
  if (chat !== undefined) await openFound(app, chat);
  else if (!app.chat) app.showChats();
}

/** Who opens an encrypted chat takes part in it, or is told how. */
async function openFound(app: ChatApp, who: string): Promise<void> {
  const chat = await findChat(app, who);
  const { encryption } = app;
  if (chat.is_encrypted && encryption && !encryption.isReady) await ownDevice.startEncryption(app);
  await app.openChat(chat.id);
}

async function openEncrypted(app: ChatApp, who: string): Promise<void> {
  if (!(await ownDevice.startEncryption(app))) return;
  const encryption = secrets.encryptionOf(app);
  const { id } = await findUser(app, who);
  const chat = await encryption.openDirect(id);
  await app.openChat(chat.id);
}

const membersOf = (app: ChatApp, { id }: Chat) => secrets.encryptionOf(app).members(id);

async function addMember(app: ChatApp, who: string): Promise<void> {
  const chat = openChatOf(app);
  const { id } = await findUser(app, who);
  if (chat.is_encrypted) await (await membersOf(app, chat)).add(id);
  else await app.client.api.addMember(chat.id, { user_id: id });
}

async function leave(app: ChatApp): Promise<void> {
  const chat = openChatOf(app);
  if (chat.is_encrypted) await (await membersOf(app, chat)).leave();
  else await app.client.leaveGroup(chat.id);
}

async function send(app: ChatApp, text: string): Promise<void> {
  await app.client.send(openChatOf(app).id, text);
}

async function openDirect(app: ChatApp, who: string): Promise<void> {
  const chat = await app.client.openDirect((await findUser(app, who)).id);
  await app.openChat(chat.id);
}

async function openGroup(
  app: ChatApp,
  { title, members, isEncrypted }: Extract<Input, { name: 'group' }>,
): Promise<void> {
  const users = await Promise.all(members.map((name) => findUser(app, name)));
  const ids = users.map((user) => user.id);
  if (isEncrypted && !(await ownDevice.startEncryption(app))) return;
  const chat = isEncrypted
    ? await secrets.encryptionOf(app).createGroup(title, ids)
    : await app.client.createGroup(title, ids);
  await app.openChat(chat.id);
}

async function showHistory(app: ChatApp, count: number): Promise<void> {
  const chat = openChatOf(app);
  const before = app.oldestShown === null ? {} : { before: app.oldestShown };
  const { items } = await app.client.history(chat.id, { ...before, limit: count });
  if (items.length === 0) app.say('Nothing is older than that.');
  for (const message of items) app.show(message);
}

async function reply(app: ChatApp, seq: number, text: string): Promise<void> {
  const { id } = await messageAt(app, seq);
  await app.client.send(openChatOf(app).id, { content: text, reply_to_id: id });
}

async function showMembers(app: ChatApp): Promise<void> {
  const chat = openChatOf(app);
  const { items, next_cursor } = await app.client.api.members(chat.id, { limit: 100 });
  const unsigned = chat.is_encrypted ? await (await membersOf(app, chat)).unsigned() : [];
  const lines = items.map((member) => {
    const line = memberLine(member, app.client.presence(member.user_id));
    return unsigned.includes(member.user_id) ? `${line} ! has no keys to this chat: /add` : line;
  });
  if (next_cursor !== null) lines.push(`… and others: ${chat.member_count} in all`);
  app.screen.print(lines.join('\n'));
}

async function removeMember(app: ChatApp, who: string): Promise<void> {
  const chat = openChatOf(app);
  const { id } = await findUser(app, who);
  if (chat.is_encrypted) await (await membersOf(app, chat)).remove(id);
  else await app.client.api.removeMember(chat.id, id);
}

async function setRole(app: ChatApp, who: string, role: ChatMember['role']): Promise<void> {
  const chat = openChatOf(app);
  const { id, username } = await findUser(app, who);
  if (chat.is_encrypted) await (await membersOf(app, chat)).setRole(id, role);
  else await app.client.api.updateMember(chat.id, id, { role });
  app.say(`${plainLine(username)} is ${role} now.`);
}

async function block(app: ChatApp, who: string): Promise<void> {
  const { id, username } = await findUser(app, who);
  await app.client.api.block(id);
  app.say(`You blocked ${plainLine(username)}. They are not told.`);
}

async function unblock(app: ChatApp, who: string): Promise<void> {
  const { id, username } = await findUser(app, who);
  await app.client.api.unblock(id);
  app.say(`You do not block ${plainLine(username)} any more.`);
}

async function showBlocked(app: ChatApp): Promise<void> {
  const { items, next_cursor } = await app.client.api.blocked({ limit: 100 });
  if (items.length === 0) return app.say('You blocked nobody.');
  const names = items.map((user) => plainLine(user.username));
  app.screen.print([...names, ...(next_cursor === null ? [] : ['… and others'])].join('\n'));
}

async function retry(app: ChatApp): Promise<void> {
  const failed = app.client.pending().filter((entry) => entry.status === 'failed');
  if (failed.length === 0) return app.say('Nothing was refused.');
  for (const entry of failed) await app.client.retry(entry.client_message_id);
}
