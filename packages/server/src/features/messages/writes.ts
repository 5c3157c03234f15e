import { deleteMessage, editMessage, react } from './change-writes';
import { sendWithMedia } from './media-writes';
import { forgetName } from './name-writes';
import { pinMessage } from './pin-writes';
import { advanceWatermarks } from './receipt-writes';
import { sendMessage } from './send-write';

export const messageWrites = [
  sendMessage,
  sendWithMedia,
  editMessage,
  deleteMessage,
  react,
  pinMessage,
  advanceWatermarks,
  forgetName,
];

export { MEDIA_COLUMNS, type MediaRow, mediaInOrder } from './media-rows';
export { attachMedia, kindOf, lockMedia, MAX_MEDIA, mustBeFree } from './media-writes';
export {
  type ChangedMessage,
  changedMessage,
  loadMessage,
  loadMessages,
  refuseDeleted,
} from './stored-writes';
export { makeTombstone } from './tombstone-writes';
