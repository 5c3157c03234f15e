import type { LucideIcon } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { t } from '../i18n';

interface EmptyProps {
  icon: LucideIcon;
  title: string;
  /** It is all that the page shows. */
  isPage?: boolean;
  children?: ComponentChildren;
}

/** Where there is nothing yet, and what to do about it. */
export function Empty({ icon: Icon, title, isPage = false, children }: EmptyProps) {
  const Heading = isPage ? 'h1' : 'h2';
  return (
    <div class="empty">
      <Icon size={40} strokeWidth={1.5} aria-hidden="true" />
      <Heading>{title}</Heading>
      {children}
    </div>
  );
}

export function Loading() {
  return (
    <div class="empty">
      <span class="spinner" role="status" aria-label={t('common.loading')} />
    </div>
  );
}
