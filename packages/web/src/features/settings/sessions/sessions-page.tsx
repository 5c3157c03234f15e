import type { Session } from '@confab/protocol';
import { useState } from 'preact/hooks';
import { t } from '../../../i18n';
import { everyPage } from '../../../state/every-page';
import { session } from '../../../state/session';
import { Button } from '../../../ui/button';
import { Confirm } from '../../../ui/dialog';
import { Loaded, useLoaded } from '../../../ui/loaded';
import { useTask } from '../../../ui/use-task';
import { Section } from '../section';
import { SessionRow } from './session-row';

const revoke = ({ id }: Session) => session.client.api.revokeSession(id);

/** Where the user is signed in. */
export function SessionsPage() {
  const sessions = useLoaded(() => everyPage((query) => session.client.api.sessions(query)));
  const gone = ({ id }: Session) =>
    sessions.change((before) => before.filter((each) => each.id !== id));
  return (
    <Loaded of={sessions}>
      {(all) => (
        <>
          <Section title={t('settings.thisDevice')}>
            <ul>
              {all.filter(isHere).map((each) => (
                <SessionRow key={each.id} of={each} />
              ))}
            </ul>
          </Section>
          <Section title={t('settings.otherDevices')} hint={t('settings.otherDevicesHint')}>
            <Others of={all.filter((each) => !isHere(each))} gone={gone} />
          </Section>
        </>
      )}
    </Loaded>
  );
}

const isHere = ({ is_current }: Session) => is_current;

interface OthersProps {
  of: readonly Session[];
  gone: (session: Session) => void;
}

function Others({ of, gone }: OthersProps) {
  const { busy, run } = useTask();
  const [isAsking, setAsking] = useState(false);
  const end = async (each: Session) => {
    await revoke(each);
    gone(each);
  };
  const endAll = async () => {
    for (const each of of) await end(each);
  };
  if (of.length === 0) return <p class="quiet">{t('settings.noOtherDevices')}</p>;
  return (
    <>
      <ul>
        {of.map((each) => (
          <SessionRow key={each.id} of={each} onEnd={() => end(each)} />
        ))}
      </ul>
      <div class="form-actions">
        <Button kind="danger" busy={busy} onClick={() => setAsking(true)}>
          {t('settings.endOthers')}
        </Button>
      </div>
      {isAsking && (
        <Confirm
          title={t('settings.endOthersTitle')}
          text={t('settings.endOthersText')}
          action={t('settings.endOthers')}
          onConfirm={() => void run(endAll)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
