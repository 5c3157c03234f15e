import type { Change } from './field-text';

/** Changes a field's text as if it had been typed: the browser's undo takes it back. */
export function replaceIn(field: HTMLTextAreaElement, { from, to, insert, select }: Change): void {
  field.focus();
  field.setSelectionRange(from, to);
  // The only call that keeps the history of the field.
  if (!document.execCommand(insert === '' ? 'delete' : 'insertText', false, insert)) {
    field.setRangeText(insert, from, to, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
  field.setSelectionRange(...select);
}

/** Puts something in the place of what is selected. */
export function insertIn(field: HTMLTextAreaElement, insert: string): void {
  const { selectionStart: from, selectionEnd: to } = field;
  const caret = from + insert.length;
  replaceIn(field, { from, to, insert, select: [caret, caret] });
}
