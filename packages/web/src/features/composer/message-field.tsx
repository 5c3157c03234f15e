import type { RefObject } from 'preact';
import { useId, useLayoutEffect } from 'preact/hooks';
import { t } from '../../i18n';
import type { Chat } from '../../state/types';
import { toggleMark } from './field-text';
import { replaceIn } from './replace-in';
import { SuggestionList } from './suggestion-list';
import { useSuggestions } from './use-suggestions';

/** By the key that, with Ctrl or ⌘, puts them around what is selected. */
const MARKS: Readonly<Record<string, string>> = { b: '**', i: '*', e: '`' };

/** On a screen keyboard Enter begins a line, for there is no Shift to hold. */
const isTouch = () => matchMedia('(pointer: coarse)').matches;

/** While an input method is at work, Enter belongs to it. Safari ends that before the key comes. */
const isComposing = (event: KeyboardEvent) => event.isComposing || event.keyCode === 229;

function grow(field: HTMLTextAreaElement): void {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}

interface MessageFieldProps {
  chat: Chat;
  text: string;
  fieldRef: RefObject<HTMLTextAreaElement>;
  onInput: (text: string) => void;
  onSend: () => void;
  onEscape: () => void;
  /** ArrowUp in the empty field. */
  onUp: () => void;
}

/** Where messages are written. It grows with the text, up to 40 % of the window. */
export function MessageField(props: MessageFieldProps) {
  const { chat, text, fieldRef, onInput, onSend, onEscape, onUp } = props;
  const suggestions = useSuggestions(chat);
  const id = useId();
  const offer = suggestions.offer.value;
  useLayoutEffect(() => {
    if (fieldRef.current) grow(fieldRef.current);
  }, [text, fieldRef]);
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }) => {
    const field = event.currentTarget;
    const handled = isComposing(event) || suggestions.onKey(event, field) ? 'taken' : keyOf(event);
    if (isComposing(event) || handled === null) return;
    event.preventDefault();
    if (handled === 'send') onSend();
    else if (handled === 'escape') onEscape();
    else if (handled === 'up') onUp();
    else if (handled !== 'taken') mark(field, handled.mark);
  };
  return (
    <div class="message-field">
      <SuggestionList
        id={id}
        offer={offer}
        onChoose={(option) => fieldRef.current && suggestions.choose(fieldRef.current, option)}
      />
      <textarea
        ref={fieldRef}
        class="input"
        rows={1}
        dir="auto"
        value={text}
        placeholder={t('composer.placeholder')}
        aria-label={t('composer.placeholder')}
        aria-autocomplete="list"
        aria-controls={offer ? id : undefined}
        aria-activedescendant={offer ? `${id}-${offer.active}` : undefined}
        enterkeyhint={isTouch() ? 'enter' : 'send'}
        onInput={(event) => {
          onInput(event.currentTarget.value);
          suggestions.look(event.currentTarget);
        }}
        onSelect={(event) => suggestions.look(event.currentTarget)}
        onBlur={suggestions.close}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}

type Handled = 'send' | 'escape' | 'up' | { readonly mark: string };

/** What a key stands for here; null for what the browser makes of it. */
function keyOf(event: KeyboardEvent & { currentTarget: HTMLTextAreaElement }): Handled | null {
  const mark = MARKS[event.key.toLowerCase()];
  const hasModifier = event.ctrlKey || event.metaKey;
  if (mark && hasModifier && !event.altKey && !event.shiftKey) return { mark };
  if (event.key === 'Enter' && !event.shiftKey && (hasModifier || !isTouch())) return 'send';
  if (event.key === 'Escape') return 'escape';
  if (event.key === 'ArrowUp' && event.currentTarget.value === '') return 'up';
  return null;
}

function mark(field: HTMLTextAreaElement, sign: string): void {
  const { value: text, selectionStart: start, selectionEnd: end } = field;
  replaceIn(field, toggleMark({ text, start, end }, sign));
}
