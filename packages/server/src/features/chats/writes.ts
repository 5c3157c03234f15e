import {
  addMember,
  deleteChat,
  eraseChat,
  removeMember,
  updateChat,
  updateMember,
} from './change-writes';
import { createDirect, createGroup } from './create-writes';

export const chatWrites = [
  createDirect,
  createGroup,
  updateChat,
  addMember,
  updateMember,
  removeMember,
  deleteChat,
  eraseChat,
];

export { BLOCKED, chatAndActor, nextRev, refuseBlocked, saveChat } from './write-steps';
