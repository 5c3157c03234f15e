import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface SectionProps {
  title: string;
  hint?: string;
  /** At the end of the title's line. */
  note?: ComponentChildren;
  children: ComponentChildren;
}

/** Settings that belong together. */
export function Section({ title, hint, note, children }: SectionProps) {
  const id = useId();
  return (
    <section class="settings-section" aria-labelledby={id}>
      <header>
        <div class="row">
          <h2 id={id} class="spacer">
            {title}
          </h2>
          {note}
        </div>
        {hint !== undefined && <p class="field-hint">{hint}</p>}
      </header>
      {children}
    </section>
  );
}
