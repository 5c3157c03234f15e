import { deleteMessage, editMessage, react } from './change-writes';
import { forgetName } from './name-writes';
import { pinMessage } from './pin-writes';
import { advanceWatermarks } from './receipt-writes';
import { sendMessage } from './send-write';

export const messageWrites = [
  sendMessage,
  editMessage,
  deleteMessage,
  react,
  pinMessage,
  advanceWatermarks,
  forgetName,
];

export { loadMessages } from './stored-writes';
export { makeTombstone } from './tombstone-writes';
