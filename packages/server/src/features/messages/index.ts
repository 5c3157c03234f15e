export { tellChange, tellMessage } from './changed-message';
export { messageCommands } from './commands';
export { DeliveryTracker } from './delivery-tracker';
export {
  factsOf,
  type MediaFacts,
  type MediaRow,
  mediaInOrder,
  mediaOfMessages,
  NO_FACTS,
  presentMedia,
} from './media-rows';
export { forgetName, type NameSearch } from './name-writes';
export { PinService } from './pins';
export { NO_PARTS, presentMessages, presentSystemMessage, type View } from './present';
export { ReceiptService } from './receipts';
export { MessageRepository, type StoredMessage } from './repository';
export { messageRoutes } from './routes';
export { type Sent, sendMessage } from './send-write';
export { MessageService } from './service';
export { StatusBroadcaster } from './status-broadcaster';
export { messageWrites } from './writes';
