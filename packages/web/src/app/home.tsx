import { useEffect } from 'preact/hooks';
import { t } from '../i18n';
import { session } from '../state/session';
import { Empty } from '../ui/empty';
import { MessageCircle } from '../ui/icons';
import { lazy } from '../ui/lazy';
import { setTitle } from './title';

const FirstSteps = lazy(async () => (await import('../features/chats/first-steps')).FirstSteps);

/** What stands beside the list while no chat is open. */
export function Home() {
  useEffect(() => setTitle(''), []);
  const isNew = session.chats().length === 0 && session.connection.value.name === 'online';
  return isNew ? <FirstSteps /> : <Empty icon={MessageCircle} title={t('chats.pick')} />;
}
