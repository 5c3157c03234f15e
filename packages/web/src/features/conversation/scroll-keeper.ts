import { type Signal, signal } from '@preact/signals';
import type { RefObject } from 'preact';
import type { VirtualizerHandle } from 'virtua';
import { session } from '../../state/session';
import type { Row } from './rows';
import type { Goal, TimelineStore } from './timeline-store';

/** The room above the first row, where is said how loading goes. In pixels. */
export const HEAD_PX = 56;
/** So near the end somebody is at the end. */
const AT_END_PX = 32;
/** Pages are loaded when their place comes so near, in heights of the window. */
const AHEAD = 2;

/** Where a conversation is scrolled to: at its end it stays there, elsewhere it stays put. */
export class ScrollKeeper {
  /** Whether the newest message is in view. */
  readonly atEnd: Signal<boolean> = signal(true);
  /** When the message at the top of the window was sent, as an ISO time; null while there is none. */
  readonly top: Signal<string | null> = signal(null);
  readonly #timeline: TimelineStore;
  readonly #scroller: RefObject<HTMLDivElement>;
  readonly #list: RefObject<VirtualizerHandle>;
  #rows: readonly Row[] = [];
  #sticks = true;
  /** How high everything was when the view was last looked at. */
  #height = 0;
  /** Until the next frame the list may move the view itself, as rows are not as high as it took them for. */
  #isSettling = false;

  constructor(
    timeline: TimelineStore,
    scroller: RefObject<HTMLDivElement>,
    list: RefObject<VirtualizerHandle>,
  ) {
    this.#timeline = timeline;
    this.#scroller = scroller;
    this.#list = list;
  }

  /** To be called once the rows are in the page. */
  rowsChanged(rows: readonly Row[]): void {
    this.#rows = rows;
    if (!this.#reachGoal()) this.#stick();
    // What streams in leaves no moment in which the scrolling would end.
    if (this.#sticks && this.#timeline.isLive) this.#timeline.trim('newest');
    this.#loadAhead();
    this.see();
  }

  readonly scrolled = (): void => {
    const { scrollHeight = 0 } = this.#scroller.current ?? {};
    const isAtEnd = this.#timeline.isLive && this.#distanceToEnd() <= AT_END_PX;
    // What grew moved the end away: that is nobody who leaves it.
    const isMoved = this.#isSettling || scrollHeight !== this.#height;
    this.#sticks = isAtEnd || (this.#sticks && isMoved);
    this.atEnd.value = this.#sticks;
    this.#stick();
    this.#height = scrollHeight;
    this.#noteTop();
    this.#loadAhead();
    this.see();
  };

  /** The user turns the wheel up, moves a finger or the scroll bar: that leaves the end, whatever grows there. */
  readonly leave = (): void => {
    this.#sticks = false;
  };

  readonly scrollEnded = (): void => {
    const { scrollOffset = 0, scrollSize = 0 } = this.#list.current ?? {};
    this.#timeline.trim(scrollOffset < scrollSize / 2 ? 'oldest' : 'newest');
  };

  /** Rows or the window became larger or smaller. */
  readonly resized = (): void => {
    this.#settle();
    this.#stick();
    this.#loadAhead();
    this.see();
  };

  /** Brings a row into view, by the shortest way. */
  reveal(index: number): void {
    this.#list.current?.scrollToIndex(index, { align: 'nearest' });
  }

  /** Tells the server how far the user has seen the chat, if it is really seen. */
  see(): void {
    const list = this.#list.current;
    if (!list || document.hidden || !document.hasFocus() || list.viewportSize === 0) return;
    if (this.#timeline.goal.peek() !== null) return;
    const bottom = list.scrollOffset + list.viewportSize;
    const row = this.#rows[list.findItemIndex(bottom - 1)];
    if (row) markSeen(this.#timeline, row);
  }

  #settle(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    // By then the browser has told of every scrolling of this frame.
    requestAnimationFrame(() => {
      this.#isSettling = false;
    });
  }

  #noteTop(): void {
    const list = this.#list.current;
    this.top.value = (list && this.#rows[list.findItemIndex(list.scrollOffset)]?.at) ?? null;
  }

  #distanceToEnd(): number {
    const { scrollTop = 0, clientHeight = 0, scrollHeight = 0 } = this.#scroller.current ?? {};
    return scrollHeight - scrollTop - clientHeight;
  }

  #stick(): void {
    const scroller = this.#scroller.current;
    if (!this.#sticks || !scroller) return;
    this.#height = scroller.scrollHeight;
    if (this.#distanceToEnd() < 1) return;
    scroller.scrollTop = scroller.scrollHeight;
    // The list has to know now where it stands: it moves its rows before the browser's own event comes.
    scroller.dispatchEvent(new Event('scroll'));
  }

  #reachGoal(): boolean {
    const goal = this.#timeline.goal.peek();
    const list = this.#list.current;
    const index = goal === null ? -1 : indexOfGoal(this.#rows, goal);
    if (index < 0 || !list) return false;
    this.#timeline.goal.value = null;
    if (goal === 'missed' && !this.#runsOut(index, list)) return false;
    this.#sticks = goal === 'newest';
    this.atEnd.value = this.#sticks;
    if (goal === 'newest') this.#stick();
    else list.scrollToIndex(index, { align: typeof goal === 'string' ? 'start' : 'center' });
    return true;
  }

  /** Whether a row would leave the window if the view stayed at its end. */
  #runsOut(index: number, list: VirtualizerHandle): boolean {
    return this.#sticks && list.getItemOffset(index) < list.scrollSize - list.viewportSize;
  }

  #loadAhead(): void {
    const list = this.#list.current;
    if (!list || list.viewportSize === 0 || this.#timeline.goal.peek() !== null) return;
    const ahead = list.viewportSize * AHEAD;
    if (list.scrollOffset < ahead) this.#load('older');
    if (this.#distanceToEnd() < ahead) this.#load('newer');
  }

  /** What failed is not tried again at each pixel, but when the user asks for it. */
  #load(edge: 'older' | 'newer'): void {
    if (this.#timeline[edge].peek() !== 'idle') return;
    void (edge === 'older' ? this.#timeline.loadOlder() : this.#timeline.loadNewer());
  }
}

function indexOfGoal(rows: readonly Row[], goal: Goal): number {
  if (goal === 'newest') return rows.length - 1;
  if (goal === 'unread' || goal === 'missed') return rows.findIndex((row) => row.isFirstUnread);
  return rows.findIndex(({ item }) => item.kind === 'message' && item.message.id === goal);
}

function markSeen({ chatId }: TimelineStore, { item }: Row): void {
  const { client } = session;
  const chat = client.chat(chatId);
  // What the user sends marks all before it read by itself.
  if (!chat || chat.unread_count === 0 || item.kind === 'pending') return;
  const { seq, id } = item.message;
  if (seq > chat.last_seq - chat.unread_count) client.markRead(chatId, id);
}
