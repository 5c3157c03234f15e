import { useRef } from 'preact/hooks';

interface TabsProps<T extends string> {
  label: string;
  of: readonly { readonly id: T; readonly text: string }[];
  chosen: T;
  onChoose: (id: T) => void;
  /** The id of the element that they change. */
  panel: string;
}

const isMirrored = (element: Element) => getComputedStyle(element).direction === 'rtl';

/** Steps by keys, or undefined: the arrows follow the direction of writing. */
function stepOf(key: string, list: Element): number | undefined {
  const forward = isMirrored(list) ? -1 : 1;
  return { ArrowRight: forward, ArrowLeft: -forward }[key];
}

/** One of several views of the same thing. */
export function Tabs<T extends string>({ label, of, chosen, onChoose, panel }: TabsProps<T>) {
  const list = useRef<HTMLDivElement>(null);
  const at = of.findIndex(({ id }) => id === chosen);
  const move = (event: KeyboardEvent) => {
    const step = list.current && stepOf(event.key, list.current);
    const next = step ? of.at((at + step) % of.length) : undefined;
    if (!next) return;
    event.preventDefault();
    onChoose(next.id);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[of.indexOf(next)]?.focus();
  };
  return (
    <div ref={list} class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {of.map(({ id, text }) => (
        <button
          key={id}
          type="button"
          role="tab"
          aria-selected={id === chosen}
          aria-controls={panel}
          tabIndex={id === chosen ? 0 : -1}
          onClick={() => onChoose(id)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
