export { ExpiryRepository } from './repository';
export { ExpirySweeper } from './sweeper';
export { expiryWrites } from './writes';
