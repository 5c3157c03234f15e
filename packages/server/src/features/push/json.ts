import type { z } from 'zod';
import { parseJson } from '../../lib/json';

/** What another server answered, if it is JSON of this shape. */
export function readJson<T extends z.ZodType>(text: string, shape: T): z.output<T> | undefined {
  try {
    return shape.safeParse(parseJson(text)).data;
  } catch {
    return undefined;
  }
}
