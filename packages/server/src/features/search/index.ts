export { SearchFollower } from './follower';
export { indexProgress } from './progress';
export { searchReads } from './reads';
export { searchRoutes } from './routes';
export { SearchService } from './service';
