import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { go, route } from '../../app/router';
import { t } from '../../i18n';
import { session } from '../../state/session';
import type { ChatId } from '../../state/types';
import { toast } from '../../ui/toasts';
import { isEncrypted } from '../encryption/encryption';
import { draftOf, setDraft } from './drafts';
import { release } from './pending-files';
import { SealedShipment } from './sealed-shipment';
import { type Cargo, PlainShipment, type Shipment } from './shipment';

const shipments = new Map<ChatId, Signal<readonly Shipment[]>>();

function held(chatId: ChatId): Signal<readonly Shipment[]> {
  const known = shipments.get(chatId) ?? signal<readonly Shipment[]>([]);
  shipments.set(chatId, known);
  return known;
}

/** Messages of a chat whose files are on their way. They go on while another chat is looked at. */
export const shipmentsOf = (chatId: ChatId): ReadonlySignal<readonly Shipment[]> => held(chatId);

/** Begins to send a message with files. */
export function ship(cargo: Cargo): void {
  const shipment = isEncrypted(cargo.chatId) ? new SealedShipment(cargo) : new PlainShipment(cargo);
  const list = held(cargo.chatId);
  list.value = [...list.value, shipment];
  void runAgain(shipment);
}

export async function runAgain(shipment: Shipment): Promise<void> {
  const end = await shipment.run();
  if (end === 'sent') remove(shipment);
  if (end === 'failed') tellElsewhere(shipment.cargo.value.chatId);
}

/** Who looks at another chat would not see that a message was not sent. */
function tellElsewhere(chatId: ChatId): void {
  const place = route.value;
  if (place.name === 'chat' && place.chatId === chatId) return;
  const show = () => go({ name: 'chat', chatId });
  toast(t('composer.notSentElsewhere'), { text: t('composer.showChat'), run: show });
}

/** Gives a message up. Its text goes back to the field, for it was typed. */
export async function giveUp(shipment: Shipment): Promise<void> {
  const { chatId, text } = shipment.cargo.value;
  remove(shipment);
  const draft = draftOf(chatId).value;
  if (text !== '') setDraft(chatId, draft === '' ? text : `${text}\n${draft}`);
  await shipment.cancel();
}

/** Leaves out one file; without the last one there is nothing left to be sent. */
export async function dropFile(shipment: Shipment, fileId: number): Promise<void> {
  const { files } = shipment.cargo.value;
  if (files.length === 1) return giveUp(shipment);
  release(files.filter(({ id }) => id === fileId));
  shipment.drop(fileId);
  if (shipment.state.value.name === 'failed') await runAgain(shipment);
}

function remove(shipment: Shipment): void {
  const { chatId, files } = shipment.cargo.value;
  const list = held(chatId);
  list.value = list.value.filter((one) => one !== shipment);
  release(files);
}

const isAnyUnderWay = () => [...shipments.values()].some((list) => list.value.length > 0);

// What the page has not sent yet would be lost with it.
addEventListener('beforeunload', (event) => {
  if (isAnyUnderWay()) event.preventDefault();
});

effect(() => {
  if (session.phase.value !== 'signed-out') return;
  for (const list of shipments.values()) {
    for (const shipment of list.peek()) {
      release(shipment.cargo.value.files);
      void shipment.cancel();
    }
    list.value = [];
  }
});
