import { SearchField } from '../../ui/field';
import { useDelayed } from './use-delayed';

/** In characters; the server takes no more. */
const LONGEST = 200;

interface SearchFormProps {
  label: string;
  value: string;
  /** Told of what was typed, a moment later or at Enter. */
  onChange: (value: string) => void;
}

/** Where words to search for are typed. */
export function SearchForm({ label, value, onChange }: SearchFormProps) {
  const { text, setText, flush } = useDelayed(value, onChange);
  return (
    <search class="spacer">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          flush();
        }}
      >
        <SearchField label={label} value={text} onInput={setText} maxLength={LONGEST} autofocus />
      </form>
    </search>
  );
}
