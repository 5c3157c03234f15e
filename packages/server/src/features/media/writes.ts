import { avatarWrites } from './avatars/writes';
import { fileWrites } from './file-writes';
import { lifecycleWrites } from './lifecycle/writes';
import { attachToMessage, deleteFile, eraseFilesOf } from './message-writes';
import { verificationWrites } from './verification/writes';

export { eraseUnsent } from './lifecycle/writes';

export const mediaWrites = [
  ...fileWrites,
  attachToMessage,
  deleteFile,
  eraseFilesOf,
  ...avatarWrites,
  ...lifecycleWrites,
  ...verificationWrites,
];
