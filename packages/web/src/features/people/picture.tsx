import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { userName } from '../../state/names';
import { session } from '../../state/session';
import type { User } from '../../state/types';
import { Avatar } from '../../ui/avatar';
import { Dialog } from '../../ui/dialog';

const SIZE = 120;

/** Somebody's picture, which is shown large when it is clicked on. */
export function Picture({ user, online }: { user: User; online: boolean }) {
  const [isLarge, setLarge] = useState(false);
  const name = userName(user);
  const url = session.client.avatarUrl(user);
  const avatar = <Avatar of={user} name={name} size={SIZE} online={online} />;
  if (url === null) return avatar;
  return (
    <>
      <button
        type="button"
        class="person-picture"
        aria-label={t('people.showPicture', { name })}
        onClick={() => setLarge(true)}
      >
        {avatar}
      </button>
      {isLarge && (
        <Dialog title={name} onClose={() => setLarge(false)}>
          <img class="picture-large" src={url} alt={t('people.pictureOf', { name })} />
        </Dialog>
      )}
    </>
  );
}
