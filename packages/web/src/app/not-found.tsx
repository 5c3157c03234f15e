import { useEffect } from 'preact/hooks';
import { t } from '../i18n';
import { Nowhere } from './nowhere';
import { setTitle } from './title';

export function NotFound() {
  useEffect(() => setTitle(t('common.notFound')), []);
  return <Nowhere title={t('common.notFound')} isPage />;
}
