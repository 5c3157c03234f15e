import type { ComponentChildren } from 'preact';
import { BackButton } from '../../app/back-button';
import type { Route } from '../../app/routes';

interface PageBarProps {
  title: string;
  /** Where the way back leads that came from nowhere. */
  above?: Route;
  children?: ComponentChildren;
}

const HOME: Route = { name: 'home' };

/** The head of a page of its own, with the way back. */
export function PageBar({ title, above = HOME, children }: PageBarProps) {
  return (
    <header class="bar">
      <BackButton above={above} />
      <h1 class="ellipsis">{title}</h1>
      {children}
    </header>
  );
}
