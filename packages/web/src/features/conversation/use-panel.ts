import { useRef } from 'preact/hooks';
import type { Panel, Route } from '../../app/routes';

/** From this width on a panel stands beside the conversation; else it covers it. In pixels. */
const BESIDE_PX = 1081;

/**
 * The panel that is open. Going to a message from one leaves it open where there is room for both, so
 * that one hit after the other can be looked at.
 */
export function usePanel({
  panel,
  messageId,
}: Extract<Route, { name: 'chat' }>): Panel | undefined {
  const last = useRef<Panel | undefined>(undefined);
  const stays = messageId !== undefined && innerWidth >= BESIDE_PX;
  const shown = panel ?? (stays ? last.current : undefined);
  last.current = shown;
  return shown;
}
