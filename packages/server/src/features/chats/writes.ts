import {
  addMember,
  deleteChat,
  eraseChat,
  removeMember,
  updateChat,
  updateMember,
} from './change-writes';
import { createDirect, createGroup } from './create-writes';
import { departFromChat, forgetNicknames } from './depart-write';

export const chatWrites = [
  createDirect,
  createGroup,
  updateChat,
  addMember,
  updateMember,
  removeMember,
  deleteChat,
  eraseChat,
  departFromChat,
  forgetNicknames,
];

export { activeMember, chatAndActor, nextRev, saveChat } from './write-steps';
