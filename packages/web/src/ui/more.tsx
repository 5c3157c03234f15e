import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { Button } from './button';

interface MoreProps {
  onMore: () => Promise<unknown>;
  /** The last try failed: the next one is the user's. */
  hasFailed: boolean;
}

/** The end of a list that goes on: the next page comes when it is seen, or clicked. */
export function More({ onMore, hasFailed }: MoreProps) {
  const place = useRef<HTMLDivElement>(null);
  const [isBusy, setBusy] = useState(false);
  const load = useRef(() => {});
  load.current = () => {
    if (isBusy) return;
    setBusy(true);
    void onMore().finally(() => setBusy(false));
  };
  useEffect(() => {
    if (!place.current || hasFailed || isBusy) return;
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && load.current());
    seen.observe(place.current);
    return () => seen.disconnect();
  }, [hasFailed, isBusy]);
  return (
    <div ref={place} class="more">
      <Button kind="plain" busy={isBusy} onClick={() => load.current()}>
        {t(hasFailed ? 'common.retry' : 'common.showMore')}
      </Button>
    </div>
  );
}
