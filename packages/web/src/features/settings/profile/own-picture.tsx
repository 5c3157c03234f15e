import { useState } from 'preact/hooks';
import { t } from '../../../i18n';
import { userName } from '../../../state/names';
import { session } from '../../../state/session';
import type { Me } from '../../../state/types';
import { Avatar } from '../../../ui/avatar';
import { Button } from '../../../ui/button';
import { PictureField } from '../../../ui/picture-field';
import { useTask } from '../../../ui/use-task';
import { useObjectUrl } from '../../chats/use-object-url';

const SIZE = 96;

async function upload(picture: File): Promise<void> {
  session.me.value = await session.client.setAvatar(picture);
}

async function remove(): Promise<void> {
  await session.client.api.removeAvatar();
  const { me } = session;
  if (me.value) me.value = { ...me.value, avatar_url: null };
}

/** The user's picture. Another one is shown as it would look before it is set. */
export function OwnPicture({ me }: { me: Me }) {
  const [chosen, setChosen] = useState<File | null>(null);
  const { busy, run } = useTask();
  const set = async (picture: File) => {
    if (await run(() => upload(picture))) setChosen(null);
  };
  return (
    <div class="own-picture">
      <PictureField label={t('settings.choosePicture')} busy={busy} onPick={setChosen}>
        {chosen ? (
          <Preview picture={chosen} me={me} />
        ) : (
          <Avatar of={me} name={userName(me)} size={SIZE} />
        )}
      </PictureField>
      {chosen && (
        <div class="form-actions">
          <Button kind="primary" busy={busy} onClick={() => void set(chosen)}>
            {t('settings.usePicture')}
          </Button>
          <Button disabled={busy} onClick={() => setChosen(null)}>
            {t('common.cancel')}
          </Button>
        </div>
      )}
      {!chosen && me.avatar_url !== null && (
        <Button kind="plain" busy={busy} onClick={() => void run(remove)}>
          {t('chats.removePicture')}
        </Button>
      )}
      {!chosen && <p class="field-hint">{t('settings.pictureHint')}</p>}
    </div>
  );
}

/** The server cuts pictures to a square around their middle, and so does this. */
function Preview({ picture, me }: { picture: File; me: Me }) {
  const url = useObjectUrl(picture);
  const [broken, setBroken] = useState<string | null>(null);
  // Some pictures that the server reads are unknown to the browser.
  if (url === null || url === broken) return <Avatar of={me} name={picture.name} size={SIZE} />;
  return (
    <img class="picture-preview" src={url} alt={picture.name} onError={() => setBroken(url)} />
  );
}
