export type { Kdf, KdfStrength } from './backup/argon2';
export type { Trust } from './contacts';
export type { EncryptionOptions, EncryptionStats } from './encryption';
export { Encryption } from './encryption';
export type { EngineEvents } from './engine/engine-events';
export type { LocalHit } from './engine/local-search';
export type { DeviceState, Recovery } from './engine/own-devices';
export type { MessageView, ShownQuote, ShownReaction } from './engine/view';
export type { RefusalReason } from './errors';
export { Refusal } from './errors';
export { CHUNK_BYTES, type FileOpener } from './media/chunks';
export type {
  CarryOptions,
  EncryptedUploadOptions,
  FileFacts,
  FileServer,
  MadeThumbnail,
} from './media/encrypted-files';
export { EncryptedFiles } from './media/encrypted-files';
export type { MediaSecret } from './messages/body';
export type { SafetyNumber } from './safety-number';
export { argon2InWorker } from './web/argon2-in-worker';
export { IndexedDbKeyStore } from './web/indexed-db-key-store';
