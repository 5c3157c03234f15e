import type { JSX } from 'preact';
import { Labelled } from './field';

interface TextAreaProps extends Omit<JSX.IntrinsicElements['textarea'], 'label' | 'onInput'> {
  label: string;
  value: string;
  onInput: (value: string) => void;
  hint?: string | undefined;
  error?: string | undefined;
}

/** Labelled lines of text. */
export function TextArea({ label, value, onInput, hint, error, ...rest }: TextAreaProps) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(attributes) => (
        <textarea
          rows={3}
          {...rest}
          {...attributes}
          value={value}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}
