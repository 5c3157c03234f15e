import { t } from '../i18n';
import { Empty } from '../ui/empty';
import { CircleAlert } from '../ui/icons';
import { hrefOf } from './routes';

/** An address at which nothing is, or nothing any more, and the way out. */
export function Nowhere({ title, isPage = false }: { title: string; isPage?: boolean }) {
  return (
    <Empty icon={CircleAlert} title={title} isPage={isPage}>
      <a class="button" href={hrefOf({ name: 'home' })}>
        {t('common.toChats')}
      </a>
    </Empty>
  );
}
