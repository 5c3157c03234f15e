import { useId } from 'preact/hooks';

interface SelectProps<V extends string | number> {
  label: string;
  value: V;
  options: readonly { readonly value: V; readonly text: string }[];
  onChange: (value: V) => void;
  disabled?: boolean;
}

/** One of several things, by its label. */
export function Select<V extends string | number>({
  label,
  value,
  options,
  onChange,
  disabled = false,
}: SelectProps<V>) {
  const id = useId();
  const choose = (index: number) => {
    const chosen = options[index];
    if (chosen) onChange(chosen.value);
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="input"
        disabled={disabled}
        value={value}
        onChange={(event) => choose(event.currentTarget.selectedIndex)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </div>
  );
}
