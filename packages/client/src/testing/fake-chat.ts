import type {
  Chat,
  ChatId,
  ChatInfo,
  ChatMember,
  ChatSync,
  MemberId,
  Message,
  MessageId,
  Role,
  ServerFrame,
  UserId,
  UserSummary,
} from '@confab/protocol';

/** A frame and who gets it. */
export interface Delivery {
  readonly to: readonly UserId[];
  readonly frame: ServerFrame;
}

export interface FakeUser {
  readonly id: UserId;
  readonly username: string;
}

interface Membership {
  readonly user: FakeUser;
  role: Role;
  joinedRev: number;
  changedRev: number;
  readSeq: number;
  deliveredSeq: number;
  mentions: number;
  isMuted: boolean;
  mutedUntil: string | null;
  settingsVersion: number;
}

export const STATUSES = ['sent', 'delivered', 'read'] as const;
const TIME = '2026-11-20T12:00:00.000Z';

/** One chat of the tests' model server: the contract's rules in the plainest way, in memory. */
export class FakeChat {
  readonly messages: Message[] = [];
  readonly members = new Map<UserId, Membership>();
  /** Of those who left: whoever comes back goes on from there. */
  readonly #settingsVersions = new Map<UserId, number>();
  readonly #removals: { rev: number; userId: UserId }[] = [];
  /** Index into STATUSES by seq. */
  readonly #statuses: number[] = [];
  rev = 0;
  name: string | null;

  constructor(
    readonly id: ChatId,
    readonly type: 'direct' | 'group',
    name: string | null,
    users: readonly FakeUser[],
    private readonly nextMessageId: () => number,
    private readonly limits: { syncChanges: number; page: number } = { syncChanges: 500, page: 50 },
  ) {
    this.name = name;
    this.rev = 1;
    for (const user of users) this.#enter(user);
  }

  get lastSeq(): number {
    return this.messages.length;
  }

  send(userId: UserId, content: string, clientMessageId: string | null = null): Message {
    const sender = this.#member(userId);
    const seq = this.lastSeq + 1;
    const mentions = [...this.members.values()].filter((m) =>
      content.includes(`@${m.user.username}`),
    );
    const message: Message = {
      id: this.nextMessageId() as MessageId,
      chat_id: this.id,
      seq,
      rev: ++this.rev,
      sender_id: userId,
      sender_username: sender.user.username,
      reply_to_id: null,
      reply_to: null,
      content,
      content_type: 'text',
      status: 'sent',
      is_edited: false,
      is_deleted: false,
      is_encrypted: false,
      client_message_id: clientMessageId,
      mentions: mentions.map((m) => m.user.id),
      media: [],
      reactions: [],
      created_at: TIME,
      edited_at: null,
    };
    this.messages.push(message);
    for (const member of mentions) if (member !== sender) member.mentions++;
    this.#see(sender, seq, seq);
    return message;
  }

  /** Changes a message: its text, or (null) deletes it. */
  edit(seq: number, content: string | null): Message {
    const held = this.messages[seq - 1];
    if (!held) throw new Error(`no message ${seq}`);
    const message = {
      ...held,
      rev: ++this.rev,
      content: content ?? '',
      is_edited: content !== null,
      is_deleted: content === null,
    };
    this.messages[seq - 1] = message;
    return message;
  }

  rename(name: string): void {
    this.name = name;
    this.rev++;
  }

  add(user: FakeUser): void {
    this.rev++;
    this.#enter(user);
  }

  remove(userId: UserId): void {
    this.rev++;
    this.#settingsVersions.set(userId, this.#member(userId).settingsVersion);
    this.members.delete(userId);
    this.#removals.push({ rev: this.rev, userId });
    this.#advanceStatuses();
  }

  setRole(userId: UserId, role: Role): void {
    const member = this.#member(userId);
    member.role = role;
    member.changedRev = ++this.rev;
  }

  /** Has no revision: it is told to the member's own devices alone. */
  mute(userId: UserId, isMuted: boolean, until: string | null = null): ServerFrame {
    const muted = this.#member(userId);
    muted.isMuted = isMuted;
    muted.mutedUntil = until;
    muted.settingsVersion++;
    const member = this.memberOf(userId, userId);
    return { type: 'member_updated', chat_id: this.id, rev: this.rev, member };
  }

  read(userId: UserId, seq: number): void {
    this.#see(this.#member(userId), seq, seq);
  }

  deliver(userId: UserId, seq: number): void {
    this.#see(this.#member(userId), seq, 0);
  }

  unread(userId: UserId): { unread_count: number; mention_count: number } {
    const member = this.#member(userId);
    return { unread_count: this.lastSeq - member.readSeq, mention_count: member.mentions };
  }

  get hasLostMembers(): boolean {
    return this.#removals.length > 0;
  }

  userIds(): UserId[] {
    return [...this.members.keys()];
  }

  /** A message with its status as its sender sees it: what was read once stays read. */
  shown(message: Message): Message {
    const best = this.#statuses[message.seq - 1] ?? 0;
    return { ...message, status: STATUSES[best] ?? 'sent' };
  }

  /** Index into STATUSES of what the present members have received and read of a message. */
  reached(message: Message): number {
    const others = [...this.members.values()].filter((m) => m.user.id !== message.sender_id);
    if (others.length === 0) return 0;
    if (others.every((m) => m.readSeq >= message.seq)) return 2;
    return others.every((m) => m.deliveredSeq >= message.seq) ? 1 : 0;
  }

  info(): ChatInfo {
    return {
      id: this.id,
      name: this.name,
      description: null,
      chat_type: this.type,
      avatar_url: null,
      is_active: true,
      is_encrypted: false,
      member_count: this.members.size,
      rev: this.rev,
      last_seq: this.lastSeq,
      created_at: TIME,
    };
  }

  chatFor(userId: UserId): Chat {
    const me = this.#member(userId);
    const last = this.messages.at(-1);
    const other = [...this.members.values()].find((m) => m.user.id !== userId) ?? me;
    return {
      ...this.info(),
      last_message: last ? this.shown(last) : null,
      peer: this.type === 'direct' ? summary(other.user) : null,
      my_role: me.role,
      ...this.unread(userId),
      last_read_message_id: this.#idAt(me.readSeq),
      is_muted: me.isMuted,
      muted_until: me.mutedUntil,
      notification_level: 'all',
      settings_version: me.settingsVersion,
      nickname: null,
    };
  }

  /** As another one sees them, or as they see themselves. */
  memberOf(userId: UserId, viewerId?: UserId): ChatMember {
    const member = this.#member(userId);
    const isOwn = userId === viewerId;
    return {
      id: (this.id * 1000 + userId) as MemberId,
      chat_id: this.id,
      user_id: userId,
      user: summary(member.user),
      role: member.role,
      nickname: null,
      is_muted: isOwn && member.isMuted,
      ...(isOwn
        ? {
            muted_until: member.mutedUntil,
            notification_level: 'all' as const,
            settings_version: member.settingsVersion,
          }
        : {}),
      joined_at: TIME,
      last_read_message_id: this.#idAt(member.readSeq),
      last_delivered_message_id: this.#idAt(member.deliveredSeq),
    };
  }

  allMembers(viewerId: UserId): ChatMember[] {
    return this.userIds().map((id) => this.memberOf(id, viewerId));
  }

  statusFrame(userId: UserId): ServerFrame {
    const member = this.memberOf(userId);
    return {
      type: 'message_status',
      chat_id: this.id,
      user_id: userId,
      delivered_message_id: member.last_delivered_message_id,
      read_message_id: member.last_read_message_id,
    };
  }

  /**
   * What changed since `rev`, which is null when the chat was not asked for. `row` is the chat as a
   * server reads it first: what it reads after that, members and messages, may be newer.
   */
  syncFor(userId: UserId, rev: number | null, row = this.chatFor(userId)): ChatSync | null {
    const me = this.#member(userId);
    if (rev === row.rev) return null;
    const known = rev !== null && rev < row.rev && rev >= me.joinedRev;
    if (!known || row.rev - rev > this.limits.syncChanges) return this.#wholeFor(userId, row);
    const members = [...this.members.values()].filter((m) => m.changedRev > rev);
    return {
      recovered: true,
      rev: row.rev,
      last_seq: this.lastSeq,
      chat: row,
      members: members.map((m) => this.memberOf(m.user.id, userId)),
      removed_member_ids: this.#removedSince(rev),
      messages: this.messages.filter((m) => m.rev > rev).map((m) => this.shown(m)),
    };
  }

  #wholeFor(userId: UserId, row: Chat): ChatSync {
    return {
      recovered: false,
      rev: row.rev,
      last_seq: this.lastSeq,
      chat: row,
      members: this.allMembers(userId),
      messages: this.messages.slice(-this.limits.page).map((m) => this.shown(m)),
    };
  }

  #removedSince(rev: number): UserId[] {
    const gone = this.#removals.filter((r) => r.rev > rev && !this.members.has(r.userId));
    return [...new Set(gone.map((r) => r.userId))];
  }

  #enter(user: FakeUser): void {
    this.members.set(user.id, {
      user,
      role: this.members.size === 0 ? 'owner' : 'member',
      joinedRev: this.rev,
      changedRev: this.rev,
      readSeq: this.lastSeq,
      deliveredSeq: this.lastSeq,
      mentions: 0,
      isMuted: false,
      mutedUntil: null,
      settingsVersion: (this.#settingsVersions.get(user.id) ?? -1) + 1,
    });
    this.#advanceStatuses();
  }

  #see(member: Membership, delivered: number, read: number): void {
    member.readSeq = Math.max(member.readSeq, read);
    member.deliveredSeq = Math.max(member.deliveredSeq, delivered, read);
    if (member.readSeq === this.lastSeq) member.mentions = 0;
    this.#advanceStatuses();
  }

  #advanceStatuses(): void {
    for (const message of this.messages) {
      const index = message.seq - 1;
      this.#statuses[index] = Math.max(this.#statuses[index] ?? 0, this.reached(message));
    }
  }

  #member(userId: UserId): Membership {
    const member = this.members.get(userId);
    if (!member) throw new Error(`user ${userId} is not in chat ${this.id}`);
    return member;
  }

  #idAt(seq: number): MessageId | null {
    return this.messages[seq - 1]?.id ?? null;
  }
}

function summary(user: FakeUser): UserSummary {
  const { id, username } = user;
  return { id, username, full_name: null, avatar_url: null, is_online: false, last_seen: null };
}
