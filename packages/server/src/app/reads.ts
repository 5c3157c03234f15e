import { searchReads } from '../features/search/reads';
import { type AnyRead, readRegistry } from '../storage/read';

/** Every heavy read there is. The reader thread loads these alone, not whole features. */
export const reads = readRegistry([...searchReads] as unknown as AnyRead[]);
