import {
  type Chat,
  ConfabError,
  type CreateInvite,
  type CursorPage,
  type Invite,
  type InvitePreview,
  LIMITS,
} from '@confab/protocol';
import { iso, isoOrNull } from '../../lib/clock';
import { decodeCursor, encodeCursor, pageOf } from '../../lib/cursor';
import type { Committer } from '../../storage/committer';
import {
  type ChatAnnouncer,
  type ChatService,
  type ChatState,
  type ChatStates,
  mostMembers,
} from '../chats';
import type { InvitedTo, InviteRepository } from './repository';
import { CODE_BYTES, isCode, mustBeGood, noSuchInvite } from './rules';
import { acceptInvite, createInvite, type InviteRow, revokeInvite } from './writes';

export interface InviteDeps {
  invites: InviteRepository;
  chats: ChatService;
  states: ChatStates;
  announcer: ChatAnnouncer;
  committer: Committer;
  now: () => number;
  randomBytes: (count: number) => Buffer;
  maxGroupMembers: number;
  /** Counts a change that a user makes. @throws ConfabError `rate_limited` */
  limit: (userId: number) => void;
  /** Counts a try at a code. @throws ConfabError `rate_limited` */
  limitTries: (userId: number) => void;
}

/** Links by which people join a group. */
export class InviteService {
  readonly #deps: InviteDeps;

  constructor(deps: InviteDeps) {
    this.#deps = deps;
  }

  async create(actorId: number, chatId: number, body: CreateInvite): Promise<Invite> {
    const { limit, now, committer, randomBytes } = this.#deps;
    limit(actorId);
    const at = now();
    const expiresAt = body.expires_in ? at + body.expires_in * 1000 : null;
    const code = randomBytes(CODE_BYTES).toString('base64url');
    const terms = { expiresAt, maxUses: body.max_uses ?? null, maxInvites: LIMITS.invitesPerChat };
    const row = await committer.submit(
      createInvite,
      { chatId, actorId, code, at, ...terms },
      chatId,
    );
    return present(row);
  }

  async list(
    userId: number,
    chatId: number,
    query: { limit: number; cursor?: string | undefined },
  ): Promise<CursorPage<Invite>> {
    mustInvite(await this.#deps.states.forMember(chatId, userId), userId);
    const before =
      query.cursor === undefined
        ? Number.MAX_SAFE_INTEGER
        : decodeCursor(query.cursor, 'number')[0];
    const rows = await this.#deps.invites.page(chatId, before, query.limit + 1);
    return pageOf(rows, query.limit, (row) => encodeCursor(row.id), present);
  }

  async revoke(actorId: number, chatId: number, code: string): Promise<void> {
    this.#deps.limit(actorId);
    // A stranger learns nothing of the code, not even whether it is one.
    mustInvite(await this.#deps.states.forMember(chatId, actorId), actorId);
    if (!isCode(code)) throw noSuchInvite();
    await this.#deps.committer.submit(revokeInvite, { chatId, actorId, code }, chatId);
  }

  async preview(userId: number, code: string): Promise<InvitePreview> {
    const { invite, state } = await this.#find(userId, code);
    const isMember = state.members.has(userId);
    mustBeGood(invite, isMember, this.#deps.now());
    return {
      code,
      chat_id: isMember ? (invite.chat_id as Chat['id']) : null,
      name: invite.name ?? '',
      description: invite.description,
      avatar_url: invite.avatar_url,
      member_count: invite.member_count,
      is_member: isMember,
      expires_at: isoOrNull(invite.expires_at),
    };
  }

  async accept(userId: number, code: string): Promise<Chat> {
    const { invite, state } = await this.#find(userId, code);
    const { committer, announcer, chats, maxGroupMembers, now } = this.#deps;
    const chatId = invite.chat_id;
    const maxMembers = mostMembers(maxGroupMembers, state.isEncrypted);
    const input = { chatId, userId, code, at: now(), maxMembers };
    const joined = await committer.submit(acceptInvite, input, chatId, (changes) => {
      if (changes) announcer.announce(changes, state);
      return changes !== null;
    });
    if (joined) await chats.tellCreated(userId, chatId);
    return chats.one(userId, chatId);
  }

  async #find(userId: number, code: string): Promise<{ invite: InvitedTo; state: ChatState }> {
    this.#deps.limitTries(userId);
    const invite = isCode(code) ? await this.#deps.invites.byCode(code) : undefined;
    const state = invite && (await this.#deps.states.load(invite.chat_id));
    if (!state) throw noSuchInvite();
    return { invite, state };
  }
}

function mustInvite(state: ChatState, userId: number) {
  if (state.type !== 'group') {
    throw new ConfabError('forbidden', 'This is a direct chat; only groups have invitations.');
  }
  if (state.members.get(userId)?.role === 'member') {
    throw new ConfabError('forbidden', 'Only an admin or the owner may do this.');
  }
}

function present(row: InviteRow): Invite {
  return {
    code: row.code,
    chat_id: row.chat_id as Invite['chat_id'],
    created_by: row.created_by as Invite['created_by'],
    expires_at: isoOrNull(row.expires_at),
    max_uses: row.max_uses,
    uses: row.uses,
    created_at: iso(row.created_at),
    url: `/app/invite/${row.code}`,
  };
}
