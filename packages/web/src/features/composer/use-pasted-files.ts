import { useEffect } from 'preact/hooks';

const isOtherField = ({ target }: Event) =>
  target instanceof Element &&
  target.closest('input, textarea, [contenteditable]') !== null &&
  target.closest('.composer') === null;

/** Text that comes with a picture of itself, as from a spreadsheet, is pasted as text. */
function filesOf({ clipboardData }: ClipboardEvent): File[] {
  if (!clipboardData || clipboardData.types.includes('text/plain')) return [];
  return [...clipboardData.files];
}

/** Takes files that are pasted anywhere on the page, but into other fields. */
export function usePastedFiles(onFiles: (files: File[]) => void): void {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const files =
        isOtherField(event) || document.querySelector('dialog[open]') ? [] : filesOf(event);
      if (files.length === 0) return;
      event.preventDefault();
      onFiles(files);
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, [onFiles]);
}
