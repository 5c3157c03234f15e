export { searchWrites } from './index-writes';
