import { expect, test } from 'bun:test';
import { linksOf } from './links';

test('addresses are found in a text, each once', () => {
  const text =
    'See https://example.org/a?b=c#d. And (http://example.org), https://example.org/a?b=c#d!';
  expect(linksOf(text)).toEqual(['https://example.org/a?b=c#d', 'http://example.org']);
});

test('what a browser would run is no address', () => {
  expect(linksOf('javascript:alert(1) data:text/html,x file:///etc/passwd')).toEqual([]);
  expect(linksOf('https:// http://')).toEqual([]);
});
