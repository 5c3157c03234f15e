import { type ReadonlySignal, signal, useComputed } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ChatId, UserId } from '../../state/types';
import type { FormattedProps } from './formatted';
import { type IsMentioned, mayBeFormatted } from './parts';
import { personOf } from './people';
import { PlainText } from './text-parts';

/** More are not looked up: each that is not among the members held is asked for by itself. */
const MOST_MENTIONS = 50;

interface MarkdownProps {
  text: string;
  /** Who is mentioned in it. */
  mentions: readonly UserId[];
  /** Where it was said. */
  chatId: ChatId;
}

/** The part of the app that reads markdown, once it is loaded. */
const formatted = signal<ComponentType<FormattedProps> | null>(null);
let isLoading = false;

async function load(): Promise<void> {
  if (isLoading || formatted.peek()) return;
  isLoading = true;
  try {
    const { Formatted } = await import('./formatted');
    formatted.value = Formatted;
  } catch {
    // The plain text is there, and the next message that is shown tries again.
  } finally {
    isLoading = false;
  }
}

/** The text of a message: formatted, with links and mentions. What may harm is text like any other. */
export function Markdown({ text, mentions, chatId }: MarkdownProps) {
  const names = useComputed(() => namesOf(chatId, mentions.slice(0, MOST_MENTIONS)));
  const isFormatted = mayBeFormatted(text);
  useEffect(() => {
    if (isFormatted) void load();
  }, [isFormatted]);
  const isMentioned = mentioned(names);
  const Formatted = isFormatted ? formatted.value : null;
  return (
    <div class="text">
      {Formatted ? (
        <Formatted text={text} isMentioned={isMentioned} />
      ) : (
        <PlainText text={text} isMentioned={isMentioned} />
      )}
    </div>
  );
}

const namesOf = (chatId: ChatId, ids: readonly UserId[]): string =>
  ids.map((id) => personOf(chatId, id)?.username).join(' ');

function mentioned(names: ReadonlySignal<string>): IsMentioned {
  const all = new Set(names.value.split(' '));
  return (username) => all.has(username);
}
