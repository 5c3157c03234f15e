import { deleteMessage, editMessage, react } from './change-writes';
import { forgetName } from './name-writes';
import { advanceWatermarks } from './receipt-writes';
import { sendMessage } from './send-write';

export const messageWrites = [
  sendMessage,
  editMessage,
  deleteMessage,
  react,
  advanceWatermarks,
  forgetName,
];
