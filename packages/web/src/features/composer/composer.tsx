import { useCallback, useEffect, useRef } from 'preact/hooks';
import type { Chat } from '../../state/types';
import { targetOf } from '../conversation/compose-target';
import { ComposerForm } from './composer-form';
import { DropZone } from './drop-zone';
import { addFiles, learnLimit, voiceFile } from './pending-files';
import { PendingRow } from './pending-row';
import { ShipmentRows } from './shipment-rows';
import { ship } from './shipments';
import { TargetQuote } from './target-quote';
import { useComposing } from './use-composing';
import { usePastedFiles } from './use-pasted-files';
import { useVoice } from './use-voice';
import { VoiceBar } from './voice-bar';

/** Where messages are written, and what goes with the next one or is on its way. */
export function Composer({ chat }: { chat: Chat }) {
  const area = useRef<HTMLDivElement>(null);
  const composing = useComposing(chat);
  const target = targetOf(chat.id).value;
  const voice = useVoice();
  const recorder = voice.recorder.value;
  const takeFiles = useCallback((files: File[]) => addFiles(chat.id, files), [chat.id]);
  usePastedFiles(takeFiles);
  useEffect(() => void learnLimit(), []);
  const endVoice = () => {
    voice.recorder.value = null;
  };
  const sendVoice = (file: File) => {
    endVoice();
    const { id: chatId } = chat;
    const replyTo = target?.kind === 'reply' ? target.message.id : null;
    targetOf(chatId).value = null;
    ship({ chatId, text: '', replyTo, files: [voiceFile(file)], sendAt: null });
  };
  return (
    <div class="composer-area" ref={area}>
      <DropZone within={area} onFiles={takeFiles} />
      <ShipmentRows chatId={chat.id} />
      {target && <TargetQuote target={target} onEnd={composing.end} />}
      {!composing.isEdit && <PendingRow chatId={chat.id} />}
      {recorder ? (
        <VoiceBar
          recorder={recorder}
          onSend={sendVoice}
          onLeft={(file) => addFiles(chat.id, [file], { isVoice: true })}
          onCancel={endVoice}
        />
      ) : (
        <ComposerForm chat={chat} composing={composing} onFiles={takeFiles} onVoice={voice.start} />
      )}
    </div>
  );
}
