import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../../i18n';
import { session } from '../../../state/session';
import { Button } from '../../../ui/button';
import { attempt } from '../../../ui/faults';
import { Download } from '../../../ui/icons';
import { sizeText } from '../../media/figures';
import { save } from '../../media/save';
import { loadArchive } from './archive';

/** How long the browser may take to begin with the file, milliseconds. */
const SAVE_MS = 60_000;

function saveBlob(blob: Blob): void {
  const url = URL.createObjectURL(blob);
  save(url, `confab-${session.me.value?.username ?? 'data'}.zip`);
  setTimeout(() => URL.revokeObjectURL(url), SAVE_MS);
}

/** Has the browser save all of the user's data, and says how much has come. */
export function ExportData() {
  const [bytes, setBytes] = useState<number | null>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const begin = async () => {
    const controller = new AbortController();
    stop.current = controller;
    setBytes(0);
    await attempt(async () => {
      const archive = await loadArchive(setBytes, controller.signal).catch((fault: unknown) => {
        if (controller.signal.aborted) return null;
        throw fault;
      });
      if (archive) saveBlob(archive);
    });
    setBytes(null);
  };
  return (
    <div class="form-actions">
      <Button busy={bytes !== null} onClick={() => void begin()}>
        <Download size={18} aria-hidden="true" />
        {t('settings.exportStart')}
      </Button>
      {bytes !== null && (
        <>
          <span class="export-progress quiet" role="status">
            {t('settings.exportBytes', { size: sizeText(bytes) })}
          </span>
          <Button kind="plain" onClick={() => stop.current?.abort()}>
            {t('common.cancel')}
          </Button>
        </>
      )}
    </div>
  );
}
