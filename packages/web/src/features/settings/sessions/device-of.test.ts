import { expect, test } from 'bun:test';
import { deviceOf, isHandheld } from './device-of';

const EDGE =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

test.each([
  [EDGE, 'Edge · Windows', false],
  [IPHONE, 'Safari · iPhone', true],
  [FIREFOX, 'Firefox · Linux', false],
  ['Bun/1.4.5', 'Bun/1.4.5', false],
  ['confab-terminal/0.1 (linux)', 'confab-terminal/0.1', false],
  ['', '', false],
])('%s', (agent, name, handheld) => {
  expect(deviceOf(agent)).toBe(name);
  expect(isHandheld(agent)).toBe(handheld);
});
