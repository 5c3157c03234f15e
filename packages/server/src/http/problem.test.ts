import { expect, test } from 'bun:test';
import { ConfabError } from '@confab/protocol';
import { problemResponse } from './problem';

test('a part that a file does not have is answered with the size that it has', () => {
  const error = new ConfabError('range_not_satisfiable', 'The file has 0 bytes', { fileSize: 0 });
  const response = problemResponse(error, 'id');
  expect(response.status).toBe(416);
  expect(response.headers.get('content-range')).toBe('bytes */0');
});
