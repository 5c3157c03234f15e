import { expect, test } from 'bun:test';
import { Email, Password, Username } from '@confab/protocol';
import fc from 'fast-check';
import { isPassword, isUsername, mayBeEmail } from './rules';

const nearNames = fc.string({
  unit: fc.constantFrom('a', 'Z', '9', '_', '.', '-', 'ü'),
  maxLength: 34,
});

test('names are refused here that the server would refuse, and no others', () => {
  fc.assert(
    fc.property(nearNames, (name) => isUsername(name) === Username.safeParse(name).success),
  );
});

test('passwords are refused here that the server would refuse, and no others', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 140, unit: 'binary' }),
      (text) => isPassword(text) === Password.safeParse(text).success,
    ),
  );
});

test('no address is refused here that the server would take', () => {
  fc.assert(
    fc.property(fc.emailAddress(), (text) => !Email.safeParse(text).success || mayBeEmail(text)),
  );
  expect(['', 'rosa', 'rosa@', '@example.org', 'a b@example.org'].filter(mayBeEmail)).toEqual([]);
});
