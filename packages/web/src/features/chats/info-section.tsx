import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface InfoSectionProps {
  title: string;
  /** Beside the title. */
  action?: ComponentChildren;
  children: ComponentChildren;
}

export function InfoSection({ title, action, children }: InfoSectionProps) {
  const id = useId();
  return (
    <section class="info-section" aria-labelledby={id}>
      <header class="row">
        <h3 id={id} class="spacer">
          {title}
        </h3>
        {action}
      </header>
      {children}
    </section>
  );
}
