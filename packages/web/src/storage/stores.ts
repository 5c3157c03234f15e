import type { OutboxStore, StateStore, TokenStore, UploadStore } from '@confab/client';
import { type ClosableStores, closable } from './closable-stores';
import { Database } from './database';
import type { OutboxChannel } from './outbox-channel';
import { IdbOutboxStore } from './outbox-store';
import {
  type OnFault,
  PatientOutboxStore,
  patientStateStore,
  patientUploadStore,
} from './patient-stores';
import { IdbStateStore } from './state-store';
import { LocalTokenStore } from './token-store';
import { IdbUploadStore } from './upload-store';

export const database = new Database();

export interface Stores {
  readonly tokens: TokenStore;
  readonly state: StateStore;
  readonly outbox: OutboxStore;
  readonly uploads: UploadStore;
}

/**
 * Where this browser keeps the session, the chats, and what waits to be sent or uploaded.
 * @param onFault told when something cannot be kept: what is written goes on in memory
 */
export const openStores = (channel: OutboxChannel, onFault: OnFault): ClosableStores =>
  closable({
    tokens: new LocalTokenStore(),
    state: patientStateStore(new IdbStateStore(database), onFault),
    outbox: new PatientOutboxStore(new IdbOutboxStore(database, channel), onFault),
    uploads: patientUploadStore(new IdbUploadStore(database)),
  });
