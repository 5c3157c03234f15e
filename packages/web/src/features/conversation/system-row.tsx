import { useComputed } from '@preact/signals';
import type { Message } from '../../state/types';
import { systemText } from './system-text';

/** What happened in a chat, in words. */
export function SystemRow({ message }: { message: Message }) {
  const text = useComputed(() => systemText(message));
  return (
    <p class="system-line" data-seq={message.seq}>
      <span>{text}</span>
    </p>
  );
}
