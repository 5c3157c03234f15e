import { type Browser, chromium } from 'playwright-core';

const first = (...names: string[]) => names.map((name) => Bun.which(name)).find(Boolean);

/** Where Debian and others put it. */
const WHOLE = first('chromium', 'chromium-browser', 'google-chrome');

/** The same without windows, whose own pages take half of a test's time. */
const SHELL = first('chromium-headless-shell');

const CHROMIUM = SHELL ?? WHOLE;

/** Whether there are browsers to test in; in CI there have to be. */
export const withBrowser = process.env.CI === 'true' || CHROMIUM !== undefined;
export const withWholeBrowser = process.env.CI === 'true' || WHOLE !== undefined;
if (!withWholeBrowser) console.log('Skipped: there is no whole Chromium (package chromium).');

/** Its microphone hears a tone, and nobody is asked whether a page may listen. */
export const FAKE_MICROPHONE = [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

export interface BrowserOptions {
  readonly browserArgs?: readonly string[];
  /** Pushes, notifications and cameras are for the whole browser alone. */
  readonly isWholeBrowser?: boolean;
}

/** A browser without anything to see of it, that plays without being clicked on. */
export function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const { browserArgs: more = [], isWholeBrowser = false } = options;
  return chromium.launch({
    executablePath: (isWholeBrowser ? WHOLE : CHROMIUM) ?? 'chromium',
    // As root, and in containers, its own sandbox cannot be set up.
    args: ['--no-sandbox', '--mute-audio', '--autoplay-policy=no-user-gesture-required', ...more],
  });
}
