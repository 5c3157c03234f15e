import { ClientError } from '@confab/client';
import type { DeviceState, Encryption } from '@confab/client/e2ee';
import { signal } from '@preact/signals';
import { session } from '../../state/session';
import type { ChatId, MessageId } from '../../state/types';
import { noteKeyChange } from './key-changes';
import { openedVersions, trustVersions } from './versions';

/** Devices of this user's that ask to be let in. */
export const deviceRequests = signal<readonly { device_id: string; name: string }[]>([]);
/** Whether the recovery key was changed on another device, and must be told here. */
export const isBackupLocked = signal(false);

/** Devices that asked while nobody was here. */
export async function findRequests(): Promise<void> {
  const { items } = await session.client.api.encryption.approvals();
  deviceRequests.value = items
    .filter(({ state }) => state === 'pending')
    .map(({ device_id, name }) => ({ device_id, name }));
}

/** What every event of the encryption means for what is shown. */
export function followEvents(made: Encryption, onState: (state: DeviceState) => void): void {
  deviceRequests.value = [];
  isBackupLocked.value = false;
  made.on('state', ({ state }) => onState(state));
  made.on('opened', ({ chat_id, message_id }) => opened(made, chat_id, message_id));
  made.on('key_changed', ({ user_id }) => {
    if (user_id !== session.client.userId) noteKeyChange(user_id);
    trustVersions.touchAll();
  });
  // A hint to look: whoever shows this user's keys does.
  session.client.on('encryption', (frame) => {
    if (frame.type === 'encryption.key_changed') trustVersions.touch(frame.user_id);
  });
  made.on('device_requested', (request) => {
    const others = deviceRequests.value.filter((one) => one.device_id !== request.device_id);
    deviceRequests.value = [...others, request];
  });
  made.on('backup_locked', () => {
    isBackupLocked.value = true;
  });
  made.on('epoch_refused', ({ chat_id, reason }) => {
    console.warn(`A key of chat ${chat_id} was refused: ${reason}`);
  });
  made.on('list_refused', ({ user_id, reason }) => {
    console.warn(`A list of devices of user ${user_id} was refused: ${reason}`);
  });
  made.on('error', ({ error }) => tell(error));
}

/** What fails for want of a network is tried again with the next connection. */
function tell(error: unknown): void {
  const isPassing = error instanceof ClientError && (error.temporary || error.code === 'closed');
  if (!isPassing) console.error('Confab:', error);
}

/** A reaction, or a word on a deletion, is shown with the message that it belongs to. */
function opened(made: Encryption, chatId: number, messageId: number): void {
  openedVersions.touch(messageId);
  session.touchChat(chatId as ChatId);
  const message = session.client.message(messageId as MessageId);
  const view = message && made.view(message);
  if (view?.state === 'hidden' && view.of !== null) openedVersions.touch(view.of);
}
