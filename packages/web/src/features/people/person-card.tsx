import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { BackButton } from '../../app/back-button';
import { Nowhere } from '../../app/nowhere';
import { setTitle } from '../../app/title';
import { t } from '../../i18n';
import { dateOf } from '../../i18n/dates';
import { userName } from '../../state/names';
import { session } from '../../state/session';
import type { User, UserId } from '../../state/types';
import { Loaded, useLoaded } from '../../ui/loaded';
import { presenceWords } from '../conversation/presence-text';
import { MainActions, SafetyActions } from './person-actions';
import { Picture } from './picture';

interface PersonPageProps {
  userId: UserId;
  /** The button that opens the encrypted chat with somebody. */
  StartEncrypted?: ComponentType<{ userId: UserId }>;
}

/** Somebody's profile, one's own as well. */
export function PersonPage({ userId, StartEncrypted }: PersonPageProps) {
  const person = useLoaded(() => session.client.api.user(userId), userId);
  return (
    <section class="pane person-page" aria-labelledby="person-title">
      <header class="bar">
        <BackButton />
        <h1 id="person-title">{t('people.profile')}</h1>
      </header>
      <div class="scroll">
        <Loaded of={person} missing={<Nowhere title={t('people.missing')} />}>
          {(user) => (
            <Person
              user={user}
              StartEncrypted={StartEncrypted}
              onBlocked={() => void refresh(userId, person.change)}
            />
          )}
        </Loaded>
      </div>
    </section>
  );
}

/** What is to be seen of somebody changes when they are blocked. */
async function refresh(userId: UserId, change: (how: () => User) => void): Promise<void> {
  const user = await session.client.api.user(userId).catch(() => null);
  if (user) change(() => user);
}

function presenceOf({ id, is_online, last_seen }: User): { isOnline: boolean; words: string } {
  const heard = session.presence(id);
  const isOnline = heard ? heard.status === 'online' : is_online;
  return { isOnline, words: presenceWords(isOnline, heard ? heard.last_seen : last_seen) };
}

interface PersonProps {
  user: User;
  StartEncrypted: PersonPageProps['StartEncrypted'];
  onBlocked: () => void;
}

function Person({ user, StartEncrypted, onBlocked }: PersonProps) {
  const isSelf = user.id === session.client.userId;
  const name = userName(user);
  const { isOnline, words } = presenceOf(user);
  useEffect(() => setTitle(name), [name]);
  return (
    <article class="person">
      <Picture user={user} online={isOnline && !isSelf} />
      <header class="person-names">
        <h2 dir="auto">{name}</h2>
        <p class="quiet" dir="ltr">
          @{user.username}
        </p>
        <p class="quiet small presence-line">{isSelf ? '' : words}</p>
      </header>
      {user.is_active ? (
        <MainActions user={user} isSelf={isSelf} StartEncrypted={StartEncrypted} />
      ) : (
        <p class="banner">{t('people.inactive')}</p>
      )}
      <Facts user={user} />
      {!isSelf && <SafetyActions user={user} onBlocked={onBlocked} />}
    </article>
  );
}

function Facts({ user: { bio, created_at } }: { user: User }) {
  return (
    <dl class="facts">
      {bio && (
        <>
          <dt>{t('people.bio')}</dt>
          <dd dir="auto" class="bio">
            {bio}
          </dd>
        </>
      )}
      <dt>{t('people.since')}</dt>
      <dd>{dateOf(created_at)}</dd>
    </dl>
  );
}
