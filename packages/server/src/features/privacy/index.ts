export { Blocks } from './blocks';
export { PrivacyRepository } from './repository';
export { privacyRoutes } from './routes';
export { PrivacyService } from './service';
export { PrivacySettings } from './settings';
export { SEES_NOBODY, type Sees, Visibility } from './visibility';
export { privacyWrites } from './writes';
