import type { LucideIcon } from 'lucide-preact';
import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import { session } from '../../state/session';
import type { Message } from '../../state/types';
import { attempt } from '../../ui/faults';
import {
  Copy,
  CornerUpLeft,
  Forward,
  Info,
  Link,
  Pencil,
  Pin,
  PinOff,
  Smile,
  TextSelect,
  Trash2,
} from '../../ui/icons';
import { toast } from '../../ui/toasts';
import { shownOf, type View } from '../encryption/view';
import { targetOf } from './compose-target';
import { focusComposer } from './composer-field';
import type { Conversation } from './conversation-context';
import type { Spot } from './overlay-store';

/** Something that can be done with a message. */
export interface Action {
  readonly text: string;
  readonly icon: LucideIcon;
  /** What does it while the message has the focus. */
  readonly key?: string;
  /** It has a button beside the message. */
  readonly isQuick?: boolean;
  readonly isDangerous?: boolean;
  /** @param at where it was asked for */
  readonly run: (at: Spot) => void;
}

interface Subject {
  readonly message: Message;
  readonly view: View;
  readonly isOwn: boolean;
  readonly conversation: Conversation;
}

/** What the user can do with a message, in the order of a menu. */
export function actionsFor(message: Message, conversation: Conversation): Action[] {
  if (message.content_type === 'system') return [];
  const view = shownOf(message);
  const isOwn = message.sender_id === session.client.userId;
  const subject = { message, view, isOwn, conversation };
  if (view.state === 'deleted') return [];
  const isReadable = view.state === 'plain' || view.state === 'shown';
  return [
    ...(isReadable ? readable(subject) : []),
    ...(isOwn ? [info(subject)] : []),
    ...(isOwn || conversation.mayDelete ? [remove(subject)] : []),
  ];
}

function readable(subject: Subject): Action[] {
  const { view, isOwn, conversation } = subject;
  const hasText = view.text !== '';
  return [
    react(subject),
    reply(subject),
    ...(isOwn && hasText ? [edit(subject)] : []),
    ...(hasText ? [copyText(subject), selectText(subject)] : []),
    copyLink(subject),
    forward(subject),
    ...(conversation.mayPin ? [pin(subject)] : []),
  ];
}

const react = ({ message, conversation: { overlays } }: Subject): Action => ({
  text: t('conversation.react'),
  icon: Smile,
  key: '+',
  isQuick: true,
  run: (at) => overlays.show({ kind: 'reactions', message, at }),
});

const compose = (kind: 'reply' | 'edit', message: Message) => () => {
  targetOf(message.chat_id).value = { kind, message };
  focusComposer();
};

const reply = ({ message }: Subject): Action => ({
  text: t('conversation.reply'),
  icon: CornerUpLeft,
  key: 'r',
  isQuick: true,
  run: compose('reply', message),
});

const edit = ({ message }: Subject): Action => ({
  text: t('common.edit'),
  icon: Pencil,
  key: 'e',
  isQuick: true,
  run: compose('edit', message),
});

async function copy(text: string): Promise<void> {
  if (await attempt(() => navigator.clipboard.writeText(text))) toast(t('common.copied'));
}

const copyText = ({ view }: Subject): Action => ({
  text: t('conversation.copyText'),
  icon: Copy,
  key: 'c',
  run: () => void copy(view.text),
});

const selectText = ({ message }: Subject): Action => ({
  text: t('conversation.selectText'),
  icon: TextSelect,
  run: () => {
    const text = document.querySelector(`[data-text="${message.id}"]`);
    if (text) getSelection()?.selectAllChildren(text);
  },
});

const copyLink = ({ message: { chat_id: chatId, id: messageId } }: Subject): Action => ({
  text: t('conversation.copyLink'),
  icon: Link,
  run: () => void copy(location.origin + hrefOf({ name: 'chat', chatId, messageId })),
});

const forward = ({ message, conversation: { overlays } }: Subject): Action => ({
  text: t('conversation.forward'),
  icon: Forward,
  key: 'f',
  isQuick: true,
  run: () => overlays.show({ kind: 'forward', message }),
});

const pin = ({ message: { id, is_pinned } }: Subject): Action => ({
  text: is_pinned ? t('conversation.unpin') : t('conversation.pin'),
  icon: is_pinned ? PinOff : Pin,
  run: () =>
    void attempt(() => (is_pinned ? session.client.api.unpin(id) : session.client.api.pin(id))),
});

const info = ({ message, conversation: { overlays } }: Subject): Action => ({
  text: t('conversation.info'),
  icon: Info,
  key: 'i',
  run: () => overlays.show({ kind: 'info', message }),
});

const remove = ({ message, conversation: { overlays } }: Subject): Action => ({
  text: t('common.delete'),
  icon: Trash2,
  key: 'Delete',
  isDangerous: true,
  run: () => overlays.show({ kind: 'delete', message }),
});
