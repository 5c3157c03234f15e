import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../../i18n';
import { Paperclip } from '../../ui/icons';
import { toast } from '../../ui/toasts';

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;

/** Files alone: a folder looks like one, and cannot be read. */
function filesIn(transfer: DataTransfer): File[] {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  const isFolder = (item: DataTransferItem) => item.webkitGetAsEntry()?.isDirectory ?? false;
  if (items.some(isFolder)) toast(t('composer.noFolders'));
  return items
    .filter((item) => !isFolder(item))
    .map((item) => item.getAsFile())
    .filter((file) => file !== null);
}

interface DropZoneProps {
  /** Something within the conversation, which is the target as a whole. */
  within: RefObject<HTMLElement>;
  onFiles: (files: File[]) => void;
}

/** Takes files that are dropped anywhere on the conversation, and shows that it would. */
export function DropZone({ within, onFiles }: DropZoneProps) {
  const isOver = useSignal(false);
  useEffect(() => {
    const pane = within.current?.closest<HTMLElement>('.conversation, .pane');
    if (!pane) return;
    const controller = new AbortController();
    const { signal } = controller;
    pane.addEventListener(
      'dragenter',
      (event) => {
        if (hasFiles(event)) isOver.value = true;
      },
      { signal },
    );
    pane.addEventListener(
      'dragleave',
      ({ relatedTarget }) => {
        if (!(relatedTarget instanceof Node && pane.contains(relatedTarget))) isOver.value = false;
      },
      { signal },
    );
    pane.addEventListener(
      'drop',
      (event) => {
        isOver.value = false;
        if (event.dataTransfer && hasFiles(event)) onFiles(filesIn(event.dataTransfer));
      },
      { signal },
    );
    keepPage(signal);
    return () => controller.abort();
  }, [within, onFiles]);
  return isOver.value ? <Overlay /> : null;
}

/** A browser that is given a file would show it in place of the app. */
function keepPage(signal: AbortSignal): void {
  const keep = (event: DragEvent) => hasFiles(event) && event.preventDefault();
  document.addEventListener('dragover', keep, { signal });
  document.addEventListener('drop', keep, { signal });
}

const Overlay = () => (
  <div class="drop-overlay">
    <Paperclip size={40} strokeWidth={1.5} aria-hidden="true" />
    <strong>{t('composer.dropHere')}</strong>
  </div>
);
