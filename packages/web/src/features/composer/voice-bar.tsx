import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { IconButton } from '../../ui/button';
import { SendHorizontal, Trash2 } from '../../ui/icons';
import { durationText } from '../media/figures';
import type { VoiceRecorder } from './recorder';

const BARS = 40;
const EACH_MS = 100;

interface VoiceBarProps {
  recorder: VoiceRecorder;
  onSend: (file: File) => void;
  /** The conversation was left: what was said must not be lost. */
  onLeft: (file: File) => void;
  onCancel: () => void;
}

/** In the place of the field while a voice message is recorded. */
export function VoiceBar({ recorder, onSend, onLeft, onCancel }: VoiceBarProps) {
  const isOver = useRef(false);
  const left = useRef(onLeft);
  left.current = onLeft;
  useEffect(
    () => () => {
      if (!isOver.current) void recorder.stop().then((file) => left.current(file));
    },
    [recorder],
  );
  const end = () => {
    isOver.current = true;
  };
  const cancel = () => {
    end();
    recorder.cancel();
    onCancel();
  };
  const send = () => {
    end();
    void recorder.stop().then(onSend);
  };
  const onKeyDown = (event: KeyboardEvent) => event.key === 'Escape' && cancel();
  return (
    <fieldset class="composer voice-bar" aria-label={t('composer.recording')} onKeyDown={onKeyDown}>
      <IconButton icon={Trash2} label={t('composer.cancelRecording')} onClick={cancel} />
      <Meter recorder={recorder} />
      <span class="unseen" role="status">
        {t('composer.recording')}
      </span>
      <SendButton onClick={send} />
    </fieldset>
  );
}

/** It has the focus, so that Enter sends and Escape cancels. */
function SendButton({ onClick }: { onClick: () => void }) {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => place.current?.querySelector('button')?.focus(), []);
  return (
    <span ref={place}>
      <IconButton
        class="send-button"
        icon={SendHorizontal}
        label={t('composer.sendVoice')}
        onClick={onClick}
      />
    </span>
  );
}

/** How long it has been recording, and how loud the last seconds were. */
function Meter({ recorder }: { recorder: VoiceRecorder }) {
  const seconds = useSignal(0);
  const levels = useSignal<readonly number[]>([]);
  useEffect(() => {
    const timer = setInterval(() => {
      seconds.value = recorder.seconds;
      levels.value = [...levels.value.slice(1 - BARS), recorder.level()];
    }, EACH_MS);
    return () => clearInterval(timer);
  }, [recorder]);
  const shown = [...Array(BARS - levels.value.length).fill(0), ...levels.value];
  return (
    <div class="voice-meter">
      <span class="voice-dot" aria-hidden="true" />
      <span class="voice-time" role="timer">
        {durationText(seconds.value)}
      </span>
      <span class="voice-levels" aria-hidden="true">
        {shown.map((level: number, index) => (
          <i key={index} style={{ '--level': Math.max(0.06, level).toFixed(2) }} />
        ))}
      </span>
    </div>
  );
}
