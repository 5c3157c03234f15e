import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { toast } from '../../ui/toasts';
import type { VoiceRecorder } from './recorder';

export interface Voice {
  /** What records just now. */
  readonly recorder: Signal<VoiceRecorder | null>;
  start(): Promise<void>;
}

/** Begins to record when it is asked to, and tells why when that is not allowed. */
export function useVoice(): Voice {
  const recorder = useSignal<VoiceRecorder | null>(null);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  const start = async () => {
    try {
      const { VoiceRecorder } = await import('./recorder');
      const started = await VoiceRecorder.start();
      // The user may have left while the browser asked them.
      if (isGone.current) started.cancel();
      else recorder.value = started;
    } catch (fault) {
      toast(refusalText(fault));
    }
  };
  return { recorder, start };
}

function refusalText(fault: unknown): string {
  const isRefused = fault instanceof DOMException && fault.name === 'NotAllowedError';
  return t(isRefused ? 'composer.microphoneRefused' : 'composer.microphoneMissing');
}
