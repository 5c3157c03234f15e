import type { ChatId, ServerFrame } from '@confab/protocol';
import { type DurableFrame, revisionOf } from './reduce-chat';

/** Frames that change what is held of the chats. Their order matters. */
export type ChatFrame =
  | DurableFrame
  | Extract<ServerFrame, { type: 'chat_created' | 'chat_removed' | 'message_status' | 'unread' }>;

/** A frame that waits for a sync, and for a count of unread messages, what it counted from. */
export interface Waiting {
  readonly frame: ChatFrame;
  readonly lastSeq: number;
}

/** Past this many, frames are dropped: what they said comes by the next sync. */
const MAX_WAITING = 5_000;

/** The live frames that came since the last state that is known to be whole, in their order. */
export class WaitingFrames {
  #frames: Waiting[] = [];

  /** `heldSeq`: the newest seq of the frame's chat in the state held. */
  add(frame: ChatFrame, heldSeq: number): void {
    if (this.#frames.length >= MAX_WAITING) return;
    const lastSeq = frame.type === 'unread' ? this.#toldSeq(frame.chat_id, heldSeq) : 0;
    this.#frames.push({ frame, lastSeq });
  }

  takeAll(): readonly Waiting[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  /** Chats whose removal waits. */
  removedChats(): ReadonlySet<ChatId> {
    const removals = this.#frames.filter(({ frame }) => frame.type === 'chat_removed');
    return new Set(removals.map(({ frame }) => chatOf(frame)));
  }

  /** The newest seq of a chat that this connection has told of. */
  #toldSeq(chatId: ChatId, heldSeq: number): number {
    let seq = heldSeq;
    for (const { frame } of this.#frames) {
      if (frame.type === 'new_message' && frame.message.chat_id === chatId) {
        seq = Math.max(seq, frame.message.seq);
      }
    }
    return seq;
  }
}

export function chatOf(frame: ChatFrame): ChatId {
  switch (frame.type) {
    case 'chat_created':
      return frame.chat.id;
    case 'chat_removed':
    case 'message_status':
    case 'unread':
      return frame.chat_id;
    default:
      return revisionOf(frame).chat_id;
  }
}
