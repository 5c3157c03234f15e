import type { MemberRole } from '../membership/entry';

/** A chat as far as its keys are concerned. */
export interface ChatFacts {
  readonly kind: 'direct' | 'group';
  readonly isEncrypted: boolean;
}

/** The server's own book of who is in a chat. Each change that was made already is no error. */
export interface ChatServer {
  facts(chat: number): Promise<ChatFacts>;
  members(chat: number): Promise<number[]>;
  addMember(chat: number, user: number, role: 'admin' | 'member'): Promise<void>;
  removeMember(chat: number, user: number): Promise<void>;
  setRole(chat: number, user: number, role: MemberRole): Promise<void>;
}
