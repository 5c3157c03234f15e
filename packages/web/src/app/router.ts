import { computed, signal } from '@preact/signals';
import { hrefOf, type Route, routeOf } from './routes';

const here = () => location.pathname + location.search;
const address = signal(here());

/** Where the user is. */
export const route = computed<Route>(() => {
  const [path = '', search = ''] = address.value.split('?');
  return routeOf(path, search);
});

/** Goes to a place; with `replace`, the place before is not one to come back to. */
export function go(to: Route, { replace = false } = {}): void {
  const href = hrefOf(to);
  if (href === here()) return;
  history[replace ? 'replaceState' : 'pushState']({ within: true }, '', href);
  address.value = href;
}

/** Back to where the user came from within the app, or to a place that is above this one. */
export function goBack(above: Route): void {
  if ((history.state as { within?: boolean } | null)?.within) history.back();
  else go(above, { replace: true });
}

/** Whether a click shall be left to the browser: a new tab, a download. */
const isBrowsers = (event: MouseEvent) =>
  event.defaultPrevented ||
  event.button !== 0 ||
  event.metaKey ||
  event.ctrlKey ||
  event.shiftKey ||
  event.altKey;

function onClick(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || isBrowsers(event) || link.target || link.hasAttribute('download')) return;
  if (link.origin !== location.origin || !`${link.pathname}/`.startsWith('/app/')) return;
  event.preventDefault();
  goTo(link.href);
}

/** Follows links within the app, and the browser's buttons. */
export function startRouter(): void {
  addEventListener('popstate', () => {
    address.value = here();
  });
  document.addEventListener('click', onClick);
}

/** Goes to an address within the app. */
export function goTo(href: string): void {
  const { pathname, search } = new URL(href, location.origin);
  go(routeOf(pathname, search));
}
