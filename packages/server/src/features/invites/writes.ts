import { ConfabError } from '@confab/protocol/failure';
import type { Selectable } from 'kysely';
import { mustBeActive } from '../../storage/active-account';
import { eraseOwn } from '../../storage/erase-own';
import type { Schema } from '../../storage/schema';
import { defineWrite, type WriteContext } from '../../storage/write';
import {
  about,
  activeMember,
  admit,
  type ChatChanges,
  chatAndActor,
  lockedChat,
  mustBeGroup,
  mustManage,
} from '../chats/writes';
import { mustBeGood, noSuchInvite } from './rules';

export type InviteRow = Selectable<Schema['chat_invites']>;

interface NewInvite {
  chatId: number;
  actorId: number;
  code: string;
  expiresAt: number | null;
  maxUses: number | null;
  at: number;
  maxInvites: number;
}

export const createInvite = defineWrite<NewInvite, InviteRow>(
  'invites.create',
  async (context, input) => {
    await mustInvite(context, input.chatId, input.actorId);
    await mustBeActive(context, input.actorId);
    await dropSpent(context, input);
    await mustHaveRoom(context, input);
    return context.db
      .insertInto('chat_invites')
      .values({
        code: input.code,
        chat_id: input.chatId,
        created_by: input.actorId,
        expires_at: input.expiresAt,
        max_uses: input.maxUses,
        uses: 0,
        created_at: input.at,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  },
);

async function mustInvite(context: WriteContext, chatId: number, actorId: number) {
  const { chat, actor } = await chatAndActor(context, chatId, actorId);
  mustBeGroup(chat.chat_type);
  mustManage(actor.role);
}

/** Links by which nobody can join any more need not be kept for ever. */
async function dropSpent({ db }: WriteContext, { chatId, at }: NewInvite) {
  await db
    .deleteFrom('chat_invites')
    .where('chat_id', '=', chatId)
    .where((eb) => eb.or([eb('expires_at', '<=', at), eb('uses', '>=', eb.ref('max_uses'))]))
    .execute();
}

async function mustHaveRoom({ db }: WriteContext, { chatId, maxInvites }: NewInvite) {
  const { invites } = await db
    .selectFrom('chat_invites')
    .select((eb) => eb.fn.countAll().as('invites'))
    .where('chat_id', '=', chatId)
    .executeTakeFirstOrThrow();
  if (Number(invites) >= maxInvites) {
    throw new ConfabError('conflict', `A group has at most ${maxInvites} links; revoke one`);
  }
}

export const revokeInvite = defineWrite<{ chatId: number; actorId: number; code: string }, null>(
  'invites.revoke',
  async (context, { chatId, actorId, code }) => {
    await mustInvite(context, chatId, actorId);
    const gone = await context.db
      .deleteFrom('chat_invites')
      .where('code', '=', code)
      .where('chat_id', '=', chatId)
      .returning('id')
      .execute();
    if (gone.length === 0) throw noSuchInvite();
    return null;
  },
);

/** A link is worth what its maker's right to let people in is worth. */
async function mustStillInvite(context: WriteContext, chatId: number, makerId: number) {
  const maker = await activeMember(context, chatId, makerId);
  if (!maker || maker.role === 'member') throw noSuchInvite();
}

interface Acceptance {
  chatId: number;
  userId: number;
  code: string;
  at: number;
  maxMembers: number;
}

/**
 * Joins by a link. The chat's row is locked, so that acceptances come one after the other and none
 * is let in beyond `max_uses`. Null when the user is a member already: nothing is used up.
 */
export const acceptInvite = defineWrite<Acceptance, ChatChanges | null>(
  'invites.accept',
  async (context, input) => {
    const chat = await lockedChat(context, input.chatId);
    const invite = chat && (await findInvite(context, input));
    if (!chat || !invite) throw noSuchInvite();
    const isMember = (await activeMember(context, chat.id, input.userId)) !== undefined;
    mustBeGood(invite, isMember, input.at);
    if (isMember) return null;
    await mustBeActive(context, input.userId);
    await mustStillInvite(context, chat.id, invite.created_by);
    await context.db
      .updateTable('chat_invites')
      .set({ uses: invite.uses + 1 })
      .where('id', '=', invite.id)
      .execute();
    const joining = { ...input, actorId: input.userId, role: 'member' as const };
    const event = about('member_joined', input.userId, null);
    return admit(context, chat, joining, 'joined by invitation', event);
  },
);

function findInvite({ db }: WriteContext, { chatId, code }: Acceptance) {
  return db
    .selectFrom('chat_invites')
    .selectAll()
    .where('code', '=', code)
    .where('chat_id', '=', chatId)
    .executeTakeFirst();
}

/** What is kept here of somebody whose account is erased. */
export const eraseInvites = eraseOwn('invites.erase_own', ['chat_invites.created_by']);

export const inviteWrites = [createInvite, revokeInvite, acceptInvite, eraseInvites];
