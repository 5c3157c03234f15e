import type { LucideIcon } from 'lucide-preact';
import type { ComponentChildren, JSX } from 'preact';

interface ButtonProps extends Omit<JSX.IntrinsicElements['button'], 'icon' | 'class'> {
  kind?: 'primary' | 'danger' | 'plain' | 'quiet';
  wide?: boolean;
  /** It does something just now. */
  busy?: boolean;
  children: ComponentChildren;
}

export function Button({ kind = 'quiet', wide, busy, children, disabled, ...rest }: ButtonProps) {
  const names = ['button', `button-${kind}`, wide ? 'button-wide' : ''];
  return (
    <button type="button" {...rest} class={names.join(' ')} disabled={disabled || busy}>
      {busy && <span class="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}

interface IconButtonProps
  extends Omit<JSX.IntrinsicElements['button'], 'icon' | 'class' | 'label'> {
  icon: LucideIcon;
  /** What it does: told to screen readers, and shown to who points at it. */
  label: string;
  class?: string;
  children?: ComponentChildren;
}

export function IconButton({
  icon: Icon,
  label,
  class: extra,
  children,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      class={`icon-button ${extra ?? ''}`}
    >
      <Icon size={20} aria-hidden="true" />
      {children}
    </button>
  );
}
