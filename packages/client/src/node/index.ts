export { FileOutboxStore } from './file-outbox-store';
export { FileStateStore } from './file-state-store';
export { FileTokenStore } from './file-token-store';
