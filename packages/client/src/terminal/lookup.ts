import type { Chat, Message, User } from '@confab/protocol';
import type { ChatApp } from './chat-app';
import { bareTitle, chatTitle } from './render';

/** The chat of a number of the list, a group's name, or a username; a new direct chat if need be. */
export async function findChat(app: ChatApp, who: string): Promise<Chat> {
  const chats = app.client.chats();
  const numbered = /^\d+$/.test(who) ? app.listed[Number(who) - 1] : undefined;
  const wanted = who.toLowerCase();
  const found =
    (numbered !== undefined && app.client.chat(numbered)) ||
    chats.find((chat) => chatTitle(chat, app.view.self).toLowerCase() === wanted) ||
    chats.find((chat) => bareTitle(chat, app.view.self).toLowerCase() === wanted);
  return found || app.client.openDirect((await findUser(app, who)).id);
}

export async function findUser(app: ChatApp, name: string): Promise<User> {
  const user = await app.client.findUser(name);
  if (!user) throw new Error(`Nobody here is called ${name}.`);
  return user;
}

export function openChatOf(app: ChatApp): Chat {
  if (!app.chat) throw new Error('No chat is open. /chats lists them, /open N opens one.');
  return app.chat;
}

/** The message of this number in the open chat: held, or else looked for in its history. */
export async function messageAt(app: ChatApp, seq: number): Promise<Message> {
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
