import { hrefOf } from '../../app/routes';
import { t } from '../../i18n';
import { unblock } from '../../state/blocks';
import { everyPage } from '../../state/every-page';
import { userName } from '../../state/names';
import { session } from '../../state/session';
import type { User } from '../../state/types';
import { Button } from '../../ui/button';
import { Loaded, useLoaded } from '../../ui/loaded';
import { useTask } from '../../ui/use-task';
import { PersonLine } from '../chats/person-row';

/** Whom the user has blocked. */
export function BlockedPeople() {
  const blocked = useLoaded(() => everyPage((query) => session.client.api.blocked(query)));
  const drop = ({ id }: User) =>
    blocked.change((before) => before.filter((each) => each.id !== id));
  return (
    <Loaded of={blocked}>
      {(people) =>
        people.length === 0 ? (
          <p class="quiet">{t('settings.nobodyBlocked')}</p>
        ) : (
          <ul>
            {people.map((person) => (
              <BlockedRow key={person.id} person={person} onGone={() => drop(person)} />
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}

function BlockedRow({ person, onGone }: { person: User; onGone: () => void }) {
  const { busy, run } = useTask();
  const letBack = async () => {
    if (await run(() => unblock(person.id))) onGone();
  };
  return (
    <li class="row">
      <a class="list-row" href={hrefOf({ name: 'person', userId: person.id })}>
        <PersonLine person={person} />
      </a>
      <Button
        busy={busy}
        aria-label={t('settings.unblock', { name: userName(person) })}
        onClick={() => void letBack()}
      >
        {t('chats.unblock')}
      </Button>
    </li>
  );
}
