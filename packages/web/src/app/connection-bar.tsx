import { useComputed } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { session } from '../state/session';
import { Button } from '../ui/button';

/** A connection that is back so soon is not worth a word. */
const PATIENCE_MS = 1_500;
/** What is said stays long enough to be read. */
const SHOWN_MS = 1_500;

type Trouble = 'offline' | 'connecting' | 'lost' | 'syncing';

/** What keeps the app from being current, if anything does. */
function trouble(): Trouble | null {
  const state = session.connection.value;
  switch (state.name) {
    case 'idle':
    case 'stopped':
      return null;
    case 'online':
      return state.syncing ? 'syncing' : null;
    case 'syncing':
      return 'syncing';
    case 'waiting':
      return navigator.onLine ? 'lost' : 'offline';
    case 'connecting':
      if (!navigator.onLine) return 'offline';
      return state.attempt === 0 ? 'connecting' : 'lost';
  }
}

/** A value that comes late and does not go at once, so that nothing flashes. */
function useSteady<T>(value: T | null): T | null {
  const [shown, setShown] = useState<T | null>(null);
  const since = useRef(0);
  /** It may have become another one while it was waited with. */
  const latest = useRef(value);
  latest.current = value;
  const isThere = value !== null;
  useEffect(() => {
    if (isThere) return later(PATIENCE_MS, () => show(latest.current));
    return later(since.current + SHOWN_MS - performance.now(), () => setShown(null));
  }, [isThere]);
  useEffect(() => {
    if (isThere && shown !== null) setShown(value);
  }, [value]);
  function show(next: T | null) {
    since.current = performance.now();
    setShown(next);
  }
  return shown;
}

function later(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, Math.max(0, ms));
  return () => clearTimeout(timer);
}

/** Says plainly that there is no connection, once that lasts. It lies over the page and moves nothing. */
export function ConnectionBar() {
  const shown = useSteady(useComputed(trouble).value);
  return (
    <div class="connection-bar" role="status">
      {shown && (
        <div class="connection-note">
          <span class="spinner" aria-hidden="true" />
          <span class="spacer">
            {textOf(shown)} {shown === 'lost' && <Countdown />}
          </span>
          {shown !== 'syncing' && (
            <Button kind="plain" onClick={() => session.client.reconnect()}>
              {t('common.retry')}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function textOf(trouble: Trouble): string {
  switch (trouble) {
    case 'offline':
      return t('common.offline');
    case 'connecting':
      return t('common.connecting');
    case 'lost':
      return t('common.reconnecting');
    case 'syncing':
      return t('common.syncing');
  }
}

/** How long until the next try; nothing when it comes right away. Too restless for screen readers. */
function Countdown() {
  const at = session.retryAt.value;
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [at]);
  const count = at === null ? 0 : Math.ceil((at - now) / 1000);
  if (count < 1) return null;
  return <span aria-hidden="true">{t('common.nextTry', { count })}</span>;
}
