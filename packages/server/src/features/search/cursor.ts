import type { SearchQuery } from '@confab/protocol';
import { decodeCursor, encodeCursor } from '../../lib/cursor';
import { type Position, startOf } from './find';

export function encodePosition(position: Position): string {
  return position.order === 'newest'
    ? encodeCursor(position.beforeId)
    : encodeCursor(position.beforeId, position.fromId, position.score, position.id);
}

/** @throws ConfabError `invalid` when the cursor is not one of this order */
export function decodePosition({ order, cursor }: Pick<SearchQuery, 'order' | 'cursor'>): Position {
  if (cursor === undefined) return startOf(order);
  if (order === 'newest') {
    const [beforeId] = decodeCursor(cursor, 'number');
    return { order, beforeId };
  }
  const [beforeId, fromId, score, id] = decodeCursor(
    cursor,
    'number',
    'number',
    'number',
    'number',
  );
  return { order, beforeId, fromId, score, id };
}
