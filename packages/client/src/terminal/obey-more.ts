import type { Chat, ScheduledMessage } from '@confab/protocol';
import type { ChatApp } from './chat-app';
import { messageAt, openChatOf } from './lookup';
import { plainLine } from './plain-text';
import { chatTitle, messageLines, momentWords, refusal, shortened } from './render';
import { readable } from './secrets';
import { readMoment, spanWords } from './times';

/** How much of a list is shown. */
const SHOWN = 20;
const MORE = '… and others';

export async function pin(app: ChatApp, seq: number, isPinned: boolean): Promise<void> {
  const { id } = await messageAt(app, seq);
  await (isPinned ? app.client.api.pin(id) : app.client.api.unpin(id));
}

export async function showPins(app: ChatApp): Promise<void> {
  const { items, next_cursor } = await app.client.api.pins(openChatOf(app).id, { limit: SHOWN });
  if (items.length === 0) return app.say('Nothing is pinned here.');
  await app.encryption?.take(items);
  const shown = items.flatMap((message) => readable(message, app.encryption) ?? []);
  const lines = shown.map((message) => messageLines(message, app.view));
  app.screen.print([...lines, ...(next_cursor === null ? [] : [MORE])].join('\n'));
}

/** @param when a time that was read before; null: for good */
export async function mute(app: ChatApp, when: string | null): Promise<void> {
  const chat = openChatOf(app);
  const until = when === null ? undefined : momentOf(app, when);
  await app.client.mute(chat.id, until);
  const end = until ? ` until ${momentWords(until.toISOString(), app.view)}` : '';
  app.say(`“${chatTitle(chat, app.view.self)}” is muted${end}: only mentions are told.`);
}

export async function unmute(app: ChatApp): Promise<void> {
  const chat = openChatOf(app);
  await app.client.unmute(chat.id);
  app.say(`“${chatTitle(chat, app.view.self)}” is heard again.`);
}

function momentOf(app: ChatApp, when: string): Date {
  const moment = readMoment(when, app.now());
  if (!moment) throw new Error(`${when} is no time that can be.`);
  return moment;
}

export async function disappear(app: ChatApp, seconds: number): Promise<void> {
  await app.client.api.updateChat(openChatOf(app).id, { disappear_after_s: seconds });
  const kept = 'Messages sent from now on stay.';
  app.say(
    seconds === 0 ? kept : `Messages sent from now on are erased after ${spanWords(seconds)}.`,
  );
}

export async function invite(app: ChatApp, expires_in: number | null): Promise<void> {
  const chat = openChatOf(app);
  if (chat.is_encrypted) {
    throw new Error('A link gives nobody the keys of an encrypted group: /add NAME does.');
  }
  const made = await app.client.api.createInvite(chat.id, { expires_in });
  const until = expires_in === null ? '' : ` within ${spanWords(expires_in)}`;
  app.say(`By this link one joins “${chatTitle(chat, app.view.self)}”${until}, with /join too:`);
  app.screen.print(plainLine(app.client.inviteLink(made)));
}

export async function join(app: ChatApp, link: string): Promise<void> {
  await app.openChat((await app.client.joinByInvite(link)).id);
}

export async function showNotifications(app: ChatApp): Promise<void> {
  const { items, next_cursor } = await app.client.api.notifications({
    unreadOnly: true,
    limit: SHOWN,
  });
  if (items.length === 0) return app.say('Nothing is new.');
  const lines = items.map(({ title, body, created_at }) => {
    const when = app.view.paint.dim(momentWords(created_at, app.view));
    return `${when} ${plainLine(title)}: ${shortened(body)}`;
  });
  app.screen.print([...lines, ...(next_cursor === null ? [] : [MORE])].join('\n'));
}

export async function readNotifications(app: ChatApp): Promise<void> {
  await app.client.api.readAllNotifications();
  app.say('All notifications are read.');
}

export async function schedule(app: ChatApp, when: string, content: string): Promise<void> {
  // Its text must not leave open, not even to be refused.
  if (openChatOf(app).is_encrypted) {
    throw new Error('Messages of an encrypted chat cannot wait for their time.');
  }
  const send_at = momentOf(app, when).toISOString();
  const { id } = await app.client.api.schedule({ chat_id: openChatOf(app).id, content, send_at });
  app.say(`It will be sent ${momentWords(send_at, app.view)}. /unschedule ${id} stops that.`);
}

export async function showScheduled(app: ChatApp): Promise<void> {
  const { items, next_cursor } = await app.client.api.scheduled({ limit: SHOWN });
  if (items.length === 0) return app.say('Nothing waits for its time.');
  const lines = items.map((one) => scheduledLine(app, one, app.client.chat(one.chat_id)));
  app.screen.print([...lines, ...(next_cursor === null ? [] : [MORE])].join('\n'));
}

function scheduledLine(app: ChatApp, one: ScheduledMessage, chat: Chat | undefined): string {
  const title = chat ? chatTitle(chat, app.view.self) : `chat ${one.chat_id}`;
  const failed = one.failure ? app.view.paint.warn(` ! not sent: ${refusal(one.failure)}`) : '';
  const head = app.view.paint.dim(`${one.id}. ${momentWords(one.send_at, app.view)}`);
  return `${head} [${title}] ${shortened(one.content)}${failed}`;
}
