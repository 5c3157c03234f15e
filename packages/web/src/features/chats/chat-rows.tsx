import { useRef, useState } from 'preact/hooks';
import { session } from '../../state/session';
import type { ChatId } from '../../state/types';
import { lazy } from '../../ui/lazy';
import { useEvents } from '../../ui/use-events';
import { type RowWindow, useRowWindow } from '../../ui/use-row-window';
import { ChatRow } from './chat-row';
import { placeOfMenu } from './menu-place';
import { chatAt, useRowFocus } from './use-row-focus';

const ChatMenu = lazy(async () => (await import('./chat-menu')).ChatMenu, null);
const MuteMenu = lazy(async () => (await import('./mute-menu')).MuteMenu, null);
const LeaveDialog = lazy(async () => (await import('./leave-dialog')).LeaveDialog, null);

/** What somebody does with a chat of the list. */
type Doing =
  | {
      readonly kind: 'menu' | 'mute';
      readonly chatId: ChatId;
      readonly at: { x: number; y: number };
    }
  | { readonly kind: 'leave'; readonly chatId: ChatId };

/** The chats, however many: only the rows in view are made. Arrow keys go through all of them. */
export function ChatRows({ current }: { current: ChatId | null }) {
  const ids = session.chats().map((chat) => chat.id);
  const box = useRef<HTMLDivElement>(null);
  const view = useRowWindow(box, ids.length);
  const { stop, keydown, focusin } = useRowFocus(box, ids, current);
  const [doing, setDoing] = useState<Doing | null>(null);
  const contextmenu = (event: MouseEvent) => {
    const found = chatAt(event.target);
    if (!found) return;
    event.preventDefault();
    setDoing({ kind: 'menu', chatId: found.id, at: placeOfMenu(event, found.row) });
  };
  useEvents(box, { keydown, focusin, contextmenu });
  return (
    <div ref={box} class="scroll chat-rows">
      <ul class="chat-list" style={{ '--rows': ids.length }}>
        {made(ids, view, stop).map((index) => {
          const id = ids[index] as ChatId;
          const place = { 'aria-setsize': ids.length, 'aria-posinset': index + 1 };
          return (
            <li key={id} style={{ '--at': index }} {...place}>
              <ChatRow chatId={id} isCurrent={id === current} isTabStop={id === stop} />
            </li>
          );
        })}
      </ul>
      {doing && <Doings doing={doing} onChange={setDoing} />}
    </div>
  );
}

function Doings({ doing, onChange }: { doing: Doing; onChange: (to: Doing | null) => void }) {
  const chat = session.chat(doing.chatId);
  const close = () => onChange(null);
  if (!chat) return null;
  if (doing.kind === 'leave') return <LeaveDialog chat={chat} onClose={close} />;
  const { at } = doing;
  if (doing.kind === 'mute') return <MuteMenu chat={chat} at={at} onClose={close} />;
  const mute = () => onChange({ kind: 'mute', chatId: chat.id, at });
  const leave = () => onChange({ kind: 'leave', chatId: chat.id });
  return <ChatMenu chatId={chat.id} at={at} onMute={mute} onLeave={leave} onClose={close} />;
}

/** Places of the rows that are made: those in view, and the one that has, or gets, the focus. */
function made(ids: readonly ChatId[], { first, end }: RowWindow, stop?: ChatId): number[] {
  const inView = ids.slice(first, end).map((_, index) => first + index);
  const at = stop === undefined ? -1 : ids.indexOf(stop);
  const isBeyond = at >= 0 && (at < first || at >= end);
  return isBeyond ? [...inView, at].sort((a, b) => a - b) : inView;
}
