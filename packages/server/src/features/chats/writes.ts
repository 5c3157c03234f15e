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

export type { ChatChanges } from './changes';
export { admit } from './joining';
export { mustBeGroup, mustManage } from './rules';
export { about, tell } from './telling';
export {
  activeMember,
  BLOCKED,
  chatAndActor,
  lockedChat,
  nextRev,
  refuseBlocked,
  saveChat,
} from './write-steps';
