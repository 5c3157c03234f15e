import type { Clock } from './clock';

/**
 * What `work` resolves with, unless `ms` pass before; the work itself goes on unheard then.
 * @throws what `late` makes
 */
export async function within<T>(
  clock: Pick<Clock, 'after'>,
  ms: number,
  work: Promise<T>,
  late: () => Error,
): Promise<T> {
  const over = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () => over.reject(late()));
  try {
    return await Promise.race([work, over.promise]);
  } finally {
    cancel();
  }
}
