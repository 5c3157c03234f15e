import type { ComponentChildren, JSX, Ref } from 'preact';
import { useId } from 'preact/hooks';
import { Search } from './icons';

interface LabelledProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  /** The field: these are its attributes. */
  children: (attributes: FieldAttributes) => ComponentChildren;
}

interface FieldAttributes {
  readonly id: string;
  readonly class: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

/** A field with its name above it, and what is to be said of it, or is wrong with it, beneath. */
export function Labelled({ label, hint, error, children }: LabelledProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        class: 'input',
        'aria-invalid': error !== undefined,
        'aria-describedby': note === undefined ? undefined : `${id}-note`,
      })}
      {note !== undefined && (
        <span id={`${id}-note`} class={error === undefined ? 'field-hint' : 'field-error'}>
          {note}
        </span>
      )}
    </div>
  );
}

interface TextFieldProps extends Omit<JSX.IntrinsicElements['input'], 'label' | 'onInput' | 'ref'> {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string | undefined;
  error?: string | undefined;
  inputRef?: Ref<HTMLInputElement>;
}

/** A labelled line of text. */
export function TextField({
  label,
  value,
  onInput,
  hint,
  error,
  inputRef,
  ...rest
}: TextFieldProps) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(attributes) => (
        <input
          {...rest}
          {...attributes}
          ref={inputRef ?? null}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

interface SearchFieldProps extends Omit<JSX.IntrinsicElements['input'], 'label' | 'onInput'> {
  label: string;
  value: string;
  onInput: (value: string) => void;
}

export function SearchField({ label, value, onInput, ...rest }: SearchFieldProps) {
  return (
    <div class="search-field">
      <Search size={18} aria-hidden="true" />
      <input
        type="search"
        {...rest}
        class="input"
        value={value}
        placeholder={label}
        aria-label={label}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}

interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  hint?: string;
  children: ComponentChildren;
}

export function Switch({ checked, onChange, disabled = false, hint, children }: SwitchProps) {
  return (
    <label class="switch-row">
      <span>
        {children}
        {hint !== undefined && <span class="field-hint"> {hint}</span>}
      </span>
      <input
        type="checkbox"
        role="switch"
        class="switch"
        checked={checked}
        aria-checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </label>
  );
}
