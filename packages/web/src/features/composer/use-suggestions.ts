import { type Signal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Chat } from '../../state/types';
import { type Token, tokenAt } from './field-text';
import { replaceIn } from './replace-in';
import { type Suggestion, suggestionsFor } from './suggestion-sources';

export interface Offer {
  readonly token: Token;
  readonly options: readonly Suggestion[];
  readonly active: number;
}

export interface Suggestions {
  readonly offer: Signal<Offer | null>;
  /** To be called whenever the text or the caret moved. */
  look(field: HTMLTextAreaElement): void;
  /** @returns whether the key was for the suggestions */
  onKey(event: KeyboardEvent, field: HTMLTextAreaElement): boolean;
  choose(field: HTMLTextAreaElement, option: Suggestion): void;
  close(): void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** Completes names and emoji while they are typed. */
export function useSuggestions(chat: Chat): Suggestions {
  const offer = useSignal<Offer | null>(null);
  /** What is asked for now: of an answer that comes late nothing is shown. */
  const asked = useRef<Token | null>(null);
  /** Where a token began that nobody wants to complete. */
  const unwanted = useRef(-1);
  const close = () => {
    asked.current = null;
    offer.value = null;
  };
  const look = (field: HTMLTextAreaElement) => {
    const isCaret = field.selectionStart === field.selectionEnd;
    const token = isCaret ? tokenAt(field.value, field.selectionEnd) : null;
    if (token?.from !== unwanted.current) unwanted.current = -1;
    if (!token || token.from === unwanted.current) return close();
    if (token.word === asked.current?.word && token.from === asked.current.from) return;
    asked.current = token;
    void suggestionsFor(token, chat).then(
      (options) => {
        if (asked.current !== token) return;
        offer.value = options.length > 0 ? { token, options, active: 0 } : null;
      },
      // Its data could not be loaded: then nothing is offered.
      () => {},
    );
  };
  const choose = (field: HTMLTextAreaElement, option: Suggestion) => {
    const from = offer.value?.token.from;
    if (from === undefined) return;
    close();
    option.onChosen?.();
    const caret = from + option.insert.length;
    const to = field.selectionEnd;
    replaceIn(field, { from, to, insert: option.insert, select: [caret, caret] });
  };
  const onKey = (event: KeyboardEvent, field: HTMLTextAreaElement) => {
    const open = offer.value;
    if (!open || event.isComposing) return false;
    const { options, active, token } = open;
    const step = STEPS[event.key];
    const option = options[active];
    if (step !== undefined) {
      offer.value = { ...open, active: (active + step + options.length) % options.length };
    } else if (event.key === 'Escape') {
      unwanted.current = token.from;
      close();
    } else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && option) {
      choose(field, option);
    } else return false;
    return true;
  };
  return { offer, look, onKey, choose, close };
}
