import { signal } from '@preact/signals';
import { t } from '../i18n';
import { X } from './icons';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly text: string; readonly run: () => void };
  /** It stays until it is answered or closed. */
  readonly stays: boolean;
}

const SHOWN_MS = 6_000;
const toasts = signal<readonly Toast[]>([]);
let last = 0;

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Tells the user of something that needs no answer, or none soon if it `stays`. */
export function toast(text: string, action?: Toast['action'], { stays = false } = {}): void {
  const id = ++last;
  const others = toasts.value.filter((toast) => toast.text !== text).slice(-2);
  toasts.value = [...others, { id, text, stays, ...(action ? { action } : {}) }];
  if (!stays) setTimeout(() => dismiss(id), SHOWN_MS);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, action, stays }) => (
        <div key={id} class="toast">
          <span>{text}</span>
          {action && (
            <button
              type="button"
              onClick={() => {
                dismiss(id);
                action.run();
              }}
            >
              {action.text}
            </button>
          )}
          {stays && (
            <button type="button" aria-label={t('common.close')} onClick={() => dismiss(id)}>
              <X size={18} aria-hidden="true" />
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
