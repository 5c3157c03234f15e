import type { WriteContext } from '../../storage/write';
import type { ChatRow, MemberRow, NamedUser, SystemMessage } from './records';
import { namedUsers } from './write-steps';

/** What a write changed, in the order of the revisions. */
export interface ChatChanges {
  chat: ChatRow;
  /** Revision of the new name, description or avatar. */
  infoRev?: number;
  added?: MemberRow;
  updated: MemberRow[];
  /** Whose own settings changed, which has no revision. */
  settled?: MemberRow;
  removed?: { userId: number; rev: number };
  messages: SystemMessage[];
  /** Everybody named in it. */
  users: NamedUser[];
  /** The messages that the changed members have come to. */
  reached?: { seq: number; id: number }[];
}

/** Adds to a change what is needed to tell of it. */
export async function withUsers(context: WriteContext, changes: ChatChanges): Promise<ChatChanges> {
  const members = [...changes.updated, changes.added, changes.settled].filter(
    (m) => m !== undefined,
  );
  const ids = [...members.map((m) => m.user_id), ...changes.messages.map((m) => m.senderId)];
  const users = await namedUsers(context, ids);
  return { ...changes, users, reached: await reachedBy(context, changes.chat, members) };
}

function reachedBy({ db }: WriteContext, chat: ChatRow, members: readonly MemberRow[]) {
  if (members.length === 0) return [];
  const seqs = members.flatMap((m) => [m.last_read_seq, m.last_delivered_seq]);
  return db
    .selectFrom('messages')
    .select(['seq', 'id'])
    .where('chat_id', '=', chat.id)
    .where('seq', 'in', seqs)
    .execute();
}
