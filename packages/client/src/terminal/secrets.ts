import type { Message } from '@confab/protocol';
import type { Encryption, MessageView, RefusalReason, Trust } from '../e2ee';
import type { ChatApp } from './chat-app';
import { plainLine } from './plain-text';
import { reasonOf } from './reasons';
import { missingWords, secretMedia } from './secret-files';

const WHY: Partial<Record<RefusalReason, string>> = {
  missing_key: 'its key is not here (yet)',
  unknown_device: 'it is not from a device of its sender',
  bad_signature: 'it was changed on the way',
  misplaced: 'it was written for another place',
  replayed: 'it was delivered before, as something else',
  not_a_member: 'its sender is not in this chat',
  old_epoch: 'its sender had no part in this chat any more',
  unsupported_version: 'it needs a newer version of this program',
};

/** A message as it may be shown: decrypted, or with the reason in place of its text. */
export function readable(message: Message, encryption: Encryption | undefined): Message | null {
  const view = encryption?.view(message) ?? { state: 'plain' };
  switch (view.state) {
    case 'plain':
      return message;
    case 'opening':
    case 'hidden':
      return null;
    case 'deleted':
      return { ...message, is_deleted: true };
    case 'refused': {
      const why = WHY[view.reason] ?? 'it is not as it should be';
      const content = `(cannot be shown: ${why})`;
      return { ...message, content, media: [], mentions: [], reply_to: null };
    }
    case 'shown':
      return withText(message, view);
  }
}

/** A message in an encrypted chat of which this device has no part yet. */
export const closed = (message: Message): Message => ({
  ...message,
  content: '(encrypted: open the chat to take part)',
});

function withText(message: Message, view: MessageView & { state: 'shown' }): Message {
  const { text, content_type, mentions, reactions, quote } = view;
  const quoted = message.reply_to?.sender_id === quote?.sender_id ? message.reply_to : null;
  const reply_to = quoted && quote ? { ...quoted, content: quote.text ?? '' } : null;
  return {
    ...message,
    content: [text, ...missingWords(message, view.media)].filter(Boolean).join(' '),
    media: secretMedia(message, view.media),
    content_type,
    mentions: mentions as Message['mentions'],
    reactions: reactions.map(({ emoji, user_ids }) => ({
      emoji,
      count: user_ids.length,
      user_ids: user_ids as Message['sender_id'][],
    })),
    reply_to,
  };
}

/** Tells of what must not be overlooked. */
export function watchEncryption(app: ChatApp, encryption: Encryption): void {
  encryption.on('key_changed', ({ user_id, was_verified }) => {
    if (user_id === app.view.self) return;
    const name = nameOf(app, user_id);
    app.warn(
      was_verified
        ? `The keys of ${name}, whom you verified, have changed. Nothing is sent to them until you compare again (/safety, /verify) or go on all the same (/accept).`
        : `The keys of ${name} have changed. Compare with /safety if you want to be sure.`,
    );
  });
  encryption.on('device_requested', ({ name }) => {
    app.warn(`A device called ${plainLine(name)} asks to be let in: /approve and its code.`);
  });
  encryption.on('backup_locked', () => {
    app.warn('Your recovery key was changed on another device: /recover and the new one.');
  });
  encryption.on('error', ({ error }) => app.warn(reasonOf(error)));
}

const TRUST: Readonly<Record<Trust, string>> = {
  unknown: 'without keys',
  unverified: 'not verified yet',
  verified: 'verified',
  changed: 'changed since you verified it',
};

export async function showSafety(app: ChatApp): Promise<void> {
  const peer = peerOf(app);
  const { contacts } = encryptionOf(app);
  const { digits } = await contacts.safetyNumber(peer.id);
  const state = TRUST[await contacts.trust(peer.id)];
  const groups = digits.split(' ');
  const lines = [0, 4, 8].map((at) => `  ${groups.slice(at, at + 4).join(' ')}`);
  app.screen.print([`You and ${plainLine(peer.username)} (${state}):`, ...lines].join('\n'));
  app.say('Compare it with theirs, by voice; if it is the same: /verify and the number.');
}

export async function verify(app: ChatApp, digits: string): Promise<void> {
  const peer = peerOf(app);
  await encryptionOf(app).contacts.verify(peer.id, digits);
  app.say(`${plainLine(peer.username)} is verified.`);
}

export async function accept(app: ChatApp): Promise<void> {
  const peer = peerOf(app);
  const { contacts } = encryptionOf(app);
  if ((await contacts.trust(peer.id)) !== 'changed') {
    return app.say(`The keys of ${plainLine(peer.username)} are as you know them.`);
  }
  await contacts.accept(peer.id);
  app.say('Going on with the new keys. /retry sends again what was refused.');
}

export function encryptionOf(app: ChatApp): Encryption {
  if (!app.encryption) throw new Error('This program was started without encryption.');
  return app.encryption;
}

function peerOf(app: ChatApp) {
  const { chat } = app;
  if (!chat?.peer || chat.peer.id === app.view.self) {
    throw new Error('Open the direct chat with somebody first.');
  }
  return chat.peer;
}

function nameOf(app: ChatApp, user: number): string {
  const peer = app.client.chats().find((chat) => chat.peer?.id === user)?.peer;
  return peer ? plainLine(peer.username) : `user ${user}`;
}
