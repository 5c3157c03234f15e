import type { RefusalReason } from '../errors';
import type { DeviceState } from './own-devices';

/** What the engine tells of. */
export interface EngineEvents {
  /** A message was opened, or refused: ask for its view anew. */
  opened: { chat_id: number; message_id: number };
  /** Somebody's identity key is another one than before. `was_verified`: nothing is sent to them until this is resolved. */
  key_changed: { user_id: number; was_verified: boolean };
  /** A device of this user asks to be let in. */
  device_requested: { device_id: string; name: string };
  /** What this device is among its user's devices. */
  state: { state: DeviceState };
  /** The backup was made with another recovery key: call `unlockBackup`. */
  backup_locked: Record<string, never>;
  /** The server delivered an epoch that is refused. */
  epoch_refused: { chat_id: number; epoch: number; reason: RefusalReason };
  /** Somebody's device list is refused. */
  list_refused: { user_id: number; reason: RefusalReason };
  /** Something failed that no call could answer with. */
  error: { error: unknown };
}
