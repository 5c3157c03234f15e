export { type UserCard, UserDirectory } from './directory';
export { UserRepository, type UserRow } from './repository';
export { userRoutes } from './routes';
export { UserService } from './service';
export { createUser, setLastSeen, userWrites } from './writes';
