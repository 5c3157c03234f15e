import { expect, test } from 'bun:test';
import { generatePassword } from './password';

const bytes = (...values: number[]) => {
  let at = 0;
  return (target: Uint8Array) => {
    target[0] = values[at++ % values.length] ?? 0;
    return target;
  };
};

test('a password is four groups of four plain letters', () => {
  const random = (target: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(target);
  expect(generatePassword(random as never)).toMatch(/^[2-9a-hjkmnp-z]{4}(-[2-9a-hjkmnp-z]{4}){3}$/);
});

test('every letter is as likely as the others: bytes beyond are thrown again', () => {
  expect(generatePassword(bytes(255, 0))).toBe('2222-2222-2222-2222');
  expect(generatePassword(bytes(247, 248))).toBe('zzzz-zzzz-zzzz-zzzz');
});
