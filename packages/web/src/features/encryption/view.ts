import type { MessageView } from '@confab/client/e2ee';
import { t } from '../../i18n';
import type { Message, MessageId, UserId } from '../../state/types';
import { reasonText } from '../../ui/refusals';
import { isOneEmoji } from '../conversation/parts';
import { encryption, encryptionState, wasEncrypted } from './encryption';
import { openSoon } from './open-soon';
import { type ShownFile, shownFile } from './shown-file';
import { openedVersions } from './versions';

/** What may be shown of a message, whether it is encrypted or not. */
export interface View {
  /**
   * `opening`: it is being decrypted. `hidden`: it belongs to another message. `refused`: nothing may
   * be shown in its place but a reason.
   */
  readonly state: MessageView['state'];
  readonly text: string;
  readonly content_type: Message['content_type'];
  readonly mentions: readonly UserId[];
  /** Those with a `secret` are encrypted: see `encrypted-file.ts`. */
  readonly media: readonly ShownFile[];
  readonly reactions: readonly ViewReaction[];
  readonly quote: ViewQuote | null;
  /** Why it is refused, for the user. */
  readonly reason: string | null;
}

export interface ViewReaction {
  readonly emoji: string;
  readonly count: number;
  /** Some of those who gave it. */
  readonly user_ids: readonly number[];
}

export interface ViewQuote {
  readonly message_id: MessageId;
  readonly sender_id: UserId;
  /** Null when what it answers is not there any more. */
  readonly text: string | null;
  readonly content_type: Message['content_type'];
}

type Shown = Extract<MessageView, { state: 'shown' }>;

/** What may be shown of a message. Whoever reads it while rendering is rendered anew when it was opened. */
export function shownOf(message: Message): View {
  // What the server itself says stands in every chat, and is its word.
  const isOpen = message.content_type === 'system' || !isSecret(message);
  return isOpen ? plainView(message) : secretView(message);
}

/** Known here before anything is loaded: what the server says openly in an encrypted chat is nobody's word. */
const isSecret = (message: Message): boolean =>
  message.is_encrypted || Boolean(message.envelope) || wasEncrypted(message.chat_id);

function plainView(message: Message): View {
  const { content: text, content_type, mentions, media, reactions, is_deleted } = message;
  const state = is_deleted ? 'deleted' : 'plain';
  const quote = plainQuote(message);
  return { state, text, content_type, mentions, media, reactions, quote, reason: null };
}

function plainQuote({ reply_to: quote }: Message): ViewQuote | null {
  if (!quote) return null;
  const { id, sender_id, content, content_type, is_deleted } = quote;
  return { message_id: id, sender_id, text: is_deleted ? null : content, content_type };
}

function secretView(message: Message): View {
  openedVersions.follow(message.id);
  if (message.reply_to_id !== null) openedVersions.follow(message.reply_to_id);
  const nothing = { ...NOTHING, content_type: message.content_type };
  if (message.is_deleted) return { ...nothing, state: 'deleted' };
  const view = viewOf(message);
  if (view.state === 'shown') return shownView(message, view);
  const reason = view.state === 'refused' ? reasonText(view.reason) : null;
  return { ...nothing, state: view.state, reason: reason ?? closedReason(view.state) };
}

function viewOf(message: Message): MessageView {
  const made = encryption.value;
  if (!made) return { state: 'opening' };
  const view = made.view(message);
  if (view.state === 'opening' && encryptionState.value === 'ready') openSoon(made, message);
  // Nothing of an encrypted chat is shown by the word of the server.
  return view.state === 'plain' ? { state: 'opening' } : view;
}

/** A browser that was not let in opens nothing: that is no matter of waiting. */
function closedReason(state: View['state']): string | null {
  if (state !== 'opening') return null;
  const { value } = encryptionState;
  if (value === 'needs_approval') return t('encryption.closedHere');
  return value === 'off' ? t('encryption.closedOff') : null;
}

const NOTHING = {
  text: '',
  mentions: [],
  media: [],
  reactions: [],
  quote: null,
  reason: null,
} satisfies Partial<View>;

/** As many emoji as the server takes in open chats. */
const MOST_REACTIONS = 50;

/** What members gave as one: nobody but their devices saw to it that it is. */
const reactionsOf = ({ reactions }: Shown): ViewReaction[] =>
  reactions
    .filter(({ emoji }) => isOneEmoji(emoji))
    .slice(0, MOST_REACTIONS)
    .map((one) => ({ ...one, count: one.user_ids.length }));

function shownView(message: Message, view: Shown): View {
  const { state, text, content_type, mentions } = view;
  return {
    state,
    text,
    content_type,
    mentions: mentions as readonly UserId[],
    media: view.media.map((secret) => shownFile(message, secret)),
    reactions: reactionsOf(view),
    quote: secretQuote(view),
    reason: null,
  };
}

function secretQuote({ quote }: Shown): ViewQuote | null {
  if (!quote) return null;
  const { message_id, sender_id, text } = quote;
  return {
    message_id: message_id as MessageId,
    sender_id: sender_id as UserId,
    text,
    content_type: 'text',
  };
}
