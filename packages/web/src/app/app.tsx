import { useEffect, useRef } from 'preact/hooks';
import { AuthPage } from '../features/auth/auth-page';
import { InviteDoor } from '../features/chats/invite-door';
import { type Phase, session } from '../state/session';
import { Loading } from '../ui/empty';
import { Toasts } from '../ui/toasts';
import { go, route } from './router';
import type { Route } from './routes';
import { Shell } from './shell';

/** Where somebody wanted to go before they had to sign in. */
let wanted: Route = { name: 'home' };

const isDoor = ({ name }: Route) => name === 'sign-in' || name === 'register';

/** Keeps people who are not signed in at the door, and lets those in who are. */
function useDoor(): void {
  const phase = session.phase.value;
  const place = route.value;
  const before = useRef<Phase>('starting');
  useEffect(() => {
    // Whoever comes after somebody who signed out begins at the start.
    const hasLeft = before.current === 'signed-in' && session.ending.peek() === 'left';
    before.current = phase;
    if (phase === 'signed-out' && !isDoor(place)) {
      wanted = hasLeft ? { name: 'home' } : place;
      // An invitation says what it is before it asks for an account.
      if (place.name !== 'invite') go({ name: 'sign-in' }, { replace: true });
    }
    if (phase === 'signed-in' && isDoor(place)) {
      go(wanted, { replace: true });
      wanted = { name: 'home' };
    }
  }, [phase, place]);
}

function Page() {
  if (session.phase.value === 'starting') return <Loading />;
  if (session.phase.value === 'signed-out') {
    return route.value.name === 'invite' ? <InviteDoor /> : <AuthPage />;
  }
  return <Shell />;
}

export function App() {
  useDoor();
  return (
    <>
      <Page />
      <Toasts />
    </>
  );
}
