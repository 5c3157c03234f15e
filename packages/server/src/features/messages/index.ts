export { messageCommands } from './commands';
export { DeliveryTracker } from './delivery-tracker';
export { presentSystemMessage } from './present';
export { ReceiptService } from './receipts';
export { MessageRepository, type StoredMessage } from './repository';
export { messageRoutes } from './routes';
export { MessageService } from './service';
export { StatusBroadcaster } from './status-broadcaster';
export { messageWrites } from './writes';
