import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { Camera } from './icons';

interface PictureFieldProps {
  /** What choosing one does: told to screen readers. */
  label: string;
  onPick: (picture: File) => void;
  busy?: boolean;
  /** The picture as it is now. */
  children: ComponentChildren;
}

/** A picture that is changed by a click on it. */
export function PictureField({ label, onPick, busy = false, children }: PictureFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const pick = (files: FileList | null) => {
    const [picture] = files ?? [];
    // The same file can be chosen again.
    if (input.current) input.current.value = '';
    if (picture) onPick(picture);
  };
  return (
    <span class="picture-field">
      <button
        type="button"
        class="picture-button"
        title={label}
        aria-label={label}
        disabled={busy}
        onClick={() => input.current?.click()}
      >
        {children}
        <span class="picture-mark" aria-hidden="true">
          {busy ? <span class="spinner" /> : <Camera size={18} />}
        </span>
      </button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        aria-label={label}
        onChange={(event) => pick(event.currentTarget.files)}
      />
    </span>
  );
}
