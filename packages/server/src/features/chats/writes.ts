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
import { readInvitation } from './notice-steps';

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
  readInvitation,
];

export { updateChat } from './change-writes';
export type { ChatChanges } from './changes';
export { admit } from './joining';
export type { ChatRow } from './records';
export { mustBeGroup, mustManage } from './rules';
export { about, succeeded, tell } from './telling';
export {
  activeMember,
  BLOCKED,
  chatAndActor,
  lockedChat,
  nextRev,
  outdateEpochsOf,
  refuseBlocked,
  saveChat,
} from './write-steps';
