export { FileKeyStore } from './file-key-store';
export { fileOnDisk } from './file-on-disk';
export { FileOutboxStore } from './file-outbox-store';
export { FileStateStore } from './file-state-store';
export { FileTokenStore } from './file-token-store';
export { FileUploadStore } from './file-upload-store';
