import type { ComponentChildren } from 'preact';
import { goBack } from '../../app/router';
import type { Route } from '../../app/routes';
import { t } from '../../i18n';
import { IconButton } from '../../ui/button';
import { ArrowLeft } from '../../ui/icons';

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
      <IconButton icon={ArrowLeft} label={t('common.back')} onClick={() => goBack(above)} />
      <h1 class="ellipsis">{title}</h1>
      {children}
    </header>
  );
}
