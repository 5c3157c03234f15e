import type { Chat, Message, User } from '@confab/protocol';
import type { ChatApp } from './chat-app';
import { COMMANDS_HELP, type Input } from './input';
import { plainLine } from './plain-text';
import { chatTitle, hitLine, memberLine } from './render';

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
      return app.openChat((await findChat(app, input.who)).id);
    case 'direct':
      return openDirect(app, input.who);
    case 'group':
      return openGroup(app, input.title, input.members);
    case 'history':
      return showHistory(app, input.count);
    case 'search':
      return search(app, input.q);
    case 'reply':
      return reply(app, input.seq, input.text);
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
    case 'members':
      return showMembers(app);
    case 'add': {
      const { id } = await findUser(app, input.who);
      await app.client.api.addMember(openChatOf(app).id, { user_id: id });
      return;
    }
    case 'remove':
      return removeMember(app, input.who);
    case 'block':
      return block(app, input.who);
    case 'unblock':
      return unblock(app, input.who);
    case 'blocked':
      return showBlocked(app);
    case 'leave':
      return app.client.leaveGroup(openChatOf(app).id);
    case 'retry':
      return retry(app);
  }
}

/** The chat of a number of the list, a group's name, or a username; a new direct chat if need be. */
export async function findChat(app: ChatApp, who: string): Promise<Chat> {
  const chats = app.client.chats();
  const numbered = /^\d+$/.test(who) ? app.listed[Number(who) - 1] : undefined;
  const wanted = who.toLowerCase();
  const found =
    (numbered !== undefined && app.client.chat(numbered)) ||
    chats.find((chat) => chatTitle(chat, app.view.self).toLowerCase() === wanted);
  return found || app.client.openDirect((await findUser(app, who)).id);
}

async function findUser(app: ChatApp, name: string): Promise<User> {
  const user = await app.client.findUser(name);
  if (!user) throw new Error(`Nobody here is called ${name}.`);
  return user;
}

function openChatOf(app: ChatApp): Chat {
  if (!app.chat) throw new Error('No chat is open. /chats lists them, /open N opens one.');
  return app.chat;
}

async function send(app: ChatApp, text: string): Promise<void> {
  await app.client.send(openChatOf(app).id, text);
}

async function openDirect(app: ChatApp, who: string): Promise<void> {
  const chat = await app.client.openDirect((await findUser(app, who)).id);
  await app.openChat(chat.id);
}

async function openGroup(app: ChatApp, title: string, names: readonly string[]): Promise<void> {
  const users = await Promise.all(names.map((name) => findUser(app, name)));
  const chat = await app.client.createGroup(
    title,
    users.map((user) => user.id),
  );
  await app.openChat(chat.id);
}

async function showHistory(app: ChatApp, count: number): Promise<void> {
  const chat = openChatOf(app);
  const before = app.oldestShown === null ? {} : { before: app.oldestShown };
  const { items } = await app.client.history(chat.id, { ...before, limit: count });
  if (items.length === 0) app.say('Nothing is older than that.');
  for (const message of items) app.show(message);
}

const HITS = 20;

async function search(app: ChatApp, q: string): Promise<void> {
  const { items, next_cursor } = await app.client.api.searchMessages(q, { limit: HITS });
  if (items.length === 0 && next_cursor === null) return app.say('Nothing is found.');
  const lines = items.map((hit) => hitLine(hit, app.client.chat(hit.chat_id), app.view));
  if (next_cursor !== null) lines.push('… and others: search for more words to find less');
  app.screen.print(lines.join('\n'));
}

async function reply(app: ChatApp, seq: number, text: string): Promise<void> {
  const { id } = await messageAt(app, seq);
  await app.client.send(openChatOf(app).id, { content: text, reply_to_id: id });
}

/** The message of this number in the open chat: held, or else looked for in its history. */
async function messageAt(app: ChatApp, seq: number): Promise<Message> {
  const { id, last_seq } = openChatOf(app);
  if (seq < 1 || seq > last_seq) throw new Error(`This chat has no message #${seq}.`);
  for (;;) {
    const held = app.client.messages(id);
    const message = held.find((one) => one.seq === seq);
    if (message) return message;
    const oldest = held[0];
    const query = oldest ? { before: oldest.id, limit: 100 } : { limit: 100 };
    await app.client.history(id, query);
    const isFurther = app.client.messages(id)[0]?.id !== oldest?.id;
    if (!isFurther) throw new Error(`Message #${seq} cannot be found.`);
  }
}

async function showMembers(app: ChatApp): Promise<void> {
  const chat = openChatOf(app);
  const { items, next_cursor } = await app.client.api.members(chat.id, { limit: 100 });
  const lines = items.map((member) => memberLine(member, app.client.presence(member.user_id)));
  if (next_cursor !== null) lines.push(`… and others: ${chat.member_count} in all`);
  app.screen.print(lines.join('\n'));
}

async function removeMember(app: ChatApp, who: string): Promise<void> {
  const chat = openChatOf(app);
  await app.client.api.removeMember(chat.id, (await findUser(app, who)).id);
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
