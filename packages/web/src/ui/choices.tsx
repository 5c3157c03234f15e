import { useId } from 'preact/hooks';

interface ChoicesProps<T extends string> {
  label: string;
  value: T;
  options: readonly { readonly value: T; readonly text: string; readonly lang?: string }[];
  onChange: (value: T) => void;
  hint?: string;
}

/** One of a few things, all of which are to be seen. */
export function Choices<T extends string>({
  label,
  value,
  options,
  onChange,
  hint,
}: ChoicesProps<T>) {
  const id = useId();
  return (
    <fieldset class="choices" aria-describedby={hint === undefined ? undefined : `${id}-hint`}>
      <legend class="field-label">{label}</legend>
      <div class="choices-row">
        {options.map((option) => (
          <label key={option.value} class="choices-option" lang={option.lang}>
            <input
              type="radio"
              name={id}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.text}
          </label>
        ))}
      </div>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="field-hint">
          {hint}
        </p>
      )}
    </fieldset>
  );
}
