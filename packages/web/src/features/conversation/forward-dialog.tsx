import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { chatName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat, ChatId, Message } from '../../state/types';
import { Avatar } from '../../ui/avatar';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { attempt } from '../../ui/faults';
import { SearchField } from '../../ui/field';
import { toast } from '../../ui/toasts';
import { canForward, forwardTo, opensIn } from './forward';
import { lineOf } from './summaries';

interface ForwardDialogProps {
  message: Message;
  onClose: () => void;
}

/** Sends a message on to other chats. */
export function ForwardDialog({ message, onClose }: ForwardDialogProps) {
  const [words, setWords] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<ChatId>>(new Set());
  const [isBusy, setBusy] = useState(false);
  const [isAgreed, setAgreed] = useState(false);
  const toggle = (id: ChatId) => setChosen((before) => toggled(before, id));
  const send = async () => {
    setBusy(true);
    const left = await forwardAll(message, chosen);
    setBusy(false);
    setChosen(left);
    if (left.size > 0) return;
    toast(t('conversation.forwarded'));
    onClose();
  };
  const opens = [...chosen].some((id) => opensIn(message, id));
  const actions = (
    <Button
      kind="primary"
      busy={isBusy}
      disabled={chosen.size === 0 || !canForward(message) || (opens && !isAgreed)}
      onClick={() => void send()}
    >
      {chosen.size === 0
        ? t('conversation.forward')
        : t('conversation.forwardTo', { count: chosen.size })}
    </Button>
  );
  return (
    <Dialog title={t('conversation.forward')} onClose={onClose} actions={actions}>
      <div class="stack">
        <p class="forward-line ellipsis">{lineOf(message)}</p>
        {opens && <InTheOpen isAgreed={isAgreed} onAgree={setAgreed} />}
        <SearchField label={t('common.search')} value={words} onInput={setWords} autofocus />
        <ul>
          {chatsFor(words).map((chat) => (
            <li key={chat.id}>
              <Choice chat={chat} isChosen={chosen.has(chat.id)} onToggle={() => toggle(chat.id)} />
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function toggled(before: ReadonlySet<ChatId>, id: ChatId): ReadonlySet<ChatId> {
  const next = new Set(before);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** @returns the chats that it did not get to */
async function forwardAll(message: Message, chats: ReadonlySet<ChatId>): Promise<Set<ChatId>> {
  const left = new Set(chats);
  for (const chatId of chats) {
    if (await attempt(() => forwardTo(chatId, message))) left.delete(chatId);
  }
  return left;
}

const MOST_SHOWN = 50;

function chatsFor(words: string): Chat[] {
  const wanted = words.trim().toLocaleLowerCase();
  const fits = (chat: Chat) => chatName(chat).toLocaleLowerCase().includes(wanted);
  return session.chats().filter(fits).slice(0, MOST_SHOWN);
}

interface InTheOpenProps {
  isAgreed: boolean;
  onAgree: (isAgreed: boolean) => void;
}

/** The server comes to read what was kept from it: nobody does that by accident. */
function InTheOpen({ isAgreed, onAgree }: InTheOpenProps) {
  return (
    <div class="banner forward-open" role="status">
      <p>{t('conversation.forwardOpens')}</p>
      <label class="row">
        <input
          type="checkbox"
          checked={isAgreed}
          onChange={(event) => onAgree(event.currentTarget.checked)}
        />
        {t('conversation.forwardAgree')}
      </label>
    </div>
  );
}

interface ChoiceProps {
  chat: Chat;
  isChosen: boolean;
  onToggle: () => void;
}

function Choice({ chat, isChosen, onToggle }: ChoiceProps) {
  const name = chatName(chat);
  const of = { id: chat.peer?.id ?? chat.id, avatar_url: (chat.peer ?? chat).avatar_url };
  return (
    <label class="list-row choice">
      <input type="checkbox" checked={isChosen} onChange={onToggle} />
      <Avatar of={of} name={name} size={36} />
      <span class="ellipsis spacer">{name}</span>
    </label>
  );
}
