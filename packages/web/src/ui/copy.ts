import { t } from '../i18n';
import { toast } from './toasts';

/** The way of pages that were not loaded over a safe connection, such as on a home network. */
function copySelected(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  return isCopied;
}

async function write(text: string): Promise<boolean> {
  if (!navigator.clipboard) return copySelected(text);
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => copySelected(text),
  );
}

/** Puts a text where it can be pasted from, and says so. */
export async function copyText(text: string): Promise<void> {
  toast(t((await write(text)) ? 'common.copied' : 'common.failed'));
}
