import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../i18n';
import { Button } from '../../ui/button';
import { toast } from '../../ui/toasts';
import { codeReader } from './code-reader';

const LOOK_MS = 200;

/** Whether there may be a camera; where there is none, codes are typed and digits compared. */
export const canScan = (): boolean => navigator.mediaDevices?.getUserMedia !== undefined;

interface ScanCodeProps {
  /** Whether a code is one of those that are looked for. */
  isWanted: (text: string) => boolean;
  onCode: (text: string) => void;
  /** The user has enough of it, or the camera is not there or may not be used, which they were told. */
  onStop: () => void;
  /** What to do without a camera. */
  otherwise: string;
}

interface Search extends Pick<ScanCodeProps, 'isWanted'> {
  isOver(): boolean;
  /** It saw a code that is not wanted. */
  onOther(): void;
}

/** Looks through the camera until it sees a code that is wanted. */
async function scan(video: HTMLVideoElement, search: Search): Promise<string | null> {
  const read = await codeReader();
  while (!search.isOver()) {
    const found = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await read(video) : [];
    const code = found.find(search.isWanted);
    if (code !== undefined) return code;
    if (found.length > 0) search.onOther();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return null;
}

async function look(video: HTMLVideoElement, search: Search): Promise<string | null> {
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'environment' },
  });
  try {
    if (search.isOver()) return null;
    video.srcObject = stream;
    await video.play();
    return await scan(video, search);
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

/** What the camera sees, until it sees a code. */
export function ScanCode({ isWanted, onCode, onStop, otherwise }: ScanCodeProps) {
  const video = useRef<HTMLVideoElement>(null);
  const sawOther = useSignal(false);
  useEffect(() => {
    let isOver = false;
    if (!video.current) return;
    const onOther = () => {
      sawOther.value = true;
    };
    look(video.current, { isWanted, isOver: () => isOver, onOther }).then(
      (code) => code !== null && !isOver && onCode(code),
      () => {
        if (isOver) return;
        toast(otherwise);
        onStop();
      },
    );
    return () => {
      isOver = true;
    };
  }, []);
  return (
    <div class="stack">
      <video ref={video} class="scan" muted playsInline aria-label={t('encryption.camera')} />
      <p class="quiet" role="status">
        {t(sawOther.value ? 'encryption.otherCode' : 'encryption.holdCode')}
      </p>
      <Button onClick={onStop}>{t('encryption.stopScan')}</Button>
    </div>
  );
}
