import { Pool, types } from 'pg';

export { PoolReader } from './pool-reader';

const INT8 = 20;

/** Our bigint columns hold ids, counters and times, all below 2^53, so numbers carry them whole. */
const parsers = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
};

export function openPool(url: string, size: number): Pool {
  const pool = new Pool({
    connectionString: url,
    max: size,
    types: parsers,
    connectionTimeoutMillis: 10_000,
    application_name: 'confab',
  });
  // A dropped idle connection is replaced at the next query; without a listener it would be fatal.
  pool.on('error', () => {});
  return pool;
}
