import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import type { Chat } from '../../state/types';
import { IconButton } from '../../ui/button';
import { Check, Clock, Mic, Paperclip, SendHorizontal, Smile } from '../../ui/icons';
import { lazy } from '../../ui/lazy';
import { targetOf } from '../conversation/compose-target';
import { isEncrypted } from '../encryption/encryption';
import { EmojiPopover } from './emoji-popover';
import { MessageField } from './message-field';
import { insertIn } from './replace-in';
import type { Composing } from './use-composing';

const ScheduleDialog = lazy(async () => (await import('./schedule-dialog')).ScheduleDialog);

/** So many bytes before the limit it is told how much is left. */
const NEAR = 1_000;

interface ComposerFormProps {
  chat: Chat;
  composing: Composing;
  onFiles: (files: File[]) => void;
  onVoice: () => Promise<void>;
}

/** The field, and the buttons beside it. */
export function ComposerForm({ chat, composing, onFiles, onVoice }: ComposerFormProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { isEdit, canSend, room } = composing;
  useFocus(chat, field);
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        composing.send();
      }}
    >
      {!isEdit && <AttachButton onFiles={onFiles} />}
      <MessageField
        chat={chat}
        text={composing.text}
        fieldRef={field}
        onInput={composing.setText}
        onSend={composing.send}
        onEscape={composing.end}
        onUp={composing.editLast}
      />
      {room < NEAR && <Room room={room} />}
      <EmojiButton field={field} />
      {canSend && !isEdit && !isEncrypted(chat.id) && (
        <ScheduleButton onSchedule={composing.send} />
      )}
      <SendButton isEdit={isEdit} canSend={canSend} isTooLong={room < 0} onVoice={onVoice} />
    </form>
  );
}

/** The field has the focus when the chat is opened, and when a message is to be answered or changed. */
function useFocus(chat: Chat, field: { current: HTMLTextAreaElement | null }): void {
  const target = targetOf(chat.id).value;
  const isFirst = useRef(true);
  // At once: what is typed or selected in the same frame is not to lose its place.
  useLayoutEffect(() => {
    const isOpening = isFirst.current;
    isFirst.current = false;
    // On a phone the keyboard would cover what the chat was opened for.
    if (!target && isOpening && matchMedia('(pointer: coarse)').matches) return;
    const element = field.current;
    element?.focus({ preventScroll: true });
    element?.setSelectionRange(element.value.length, element.value.length);
  }, [chat.id, target?.message.id, target?.kind]);
}

function AttachButton({ onFiles }: { onFiles: (files: File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton
        icon={Paperclip}
        label={t('composer.attach')}
        onClick={() => input.current?.click()}
      />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // Else the same file could not be chosen again.
          currentTarget.value = '';
        }}
      />
    </>
  );
}

function EmojiButton({ field }: { field: { current: HTMLTextAreaElement | null } }) {
  const anchor = useSignal<HTMLElement | null>(null);
  /** A press closes the picker by itself, before its click comes. */
  const wasOpen = useRef(false);
  const close = () => {
    anchor.value = null;
  };
  return (
    <>
      <IconButton
        class="emoji-button"
        icon={Smile}
        label={t('composer.emoji')}
        aria-haspopup="dialog"
        aria-expanded={anchor.value !== null}
        onPointerDown={() => {
          wasOpen.current = anchor.value !== null;
        }}
        onClick={(event) => {
          anchor.value = wasOpen.current || anchor.value ? null : event.currentTarget;
          wasOpen.current = false;
        }}
      />
      {anchor.value && (
        <EmojiPopover
          anchor={anchor.value}
          onPick={(emoji) => field.current && insertIn(field.current, emoji)}
          onClose={close}
        />
      )}
    </>
  );
}

function ScheduleButton({ onSchedule }: { onSchedule: (sendAt: string) => void }) {
  const isOpen = useSignal(false);
  const close = () => {
    isOpen.value = false;
  };
  return (
    <>
      <IconButton
        icon={Clock}
        label={t('composer.scheduleLater')}
        onClick={() => {
          isOpen.value = true;
        }}
      />
      {isOpen.value && <ScheduleDialog onSchedule={onSchedule} onClose={close} />}
    </>
  );
}

interface SendButtonProps {
  isEdit: boolean;
  canSend: boolean;
  isTooLong: boolean;
  onVoice: () => Promise<void>;
}

/** While there is nothing to be sent, a voice message can be. */
function SendButton({ isEdit, canSend, isTooLong, onVoice }: SendButtonProps) {
  if (!canSend && !isTooLong && !isEdit) {
    return <IconButton icon={Mic} label={t('composer.record')} onClick={() => void onVoice()} />;
  }
  const [icon, label] = isEdit ? [Check, t('common.save')] : [SendHorizontal, t('composer.send')];
  return (
    <IconButton class="send-button" type="submit" icon={icon} label={label} disabled={!canSend} />
  );
}

function Room({ room }: { room: number }) {
  const text =
    room < 0 ? t('composer.tooLong', { count: -room }) : t('composer.room', { count: room });
  return (
    <span class={room < 0 ? 'room room-over' : 'room'} role="status">
      {text}
    </span>
  );
}
