export { type UserCard, UserDirectory } from './directory';
export { InactiveUsers } from './inactive';
export { UserRepository, type UserRow } from './repository';
export { userRoutes } from './routes';
export { type RoomOf, UserService } from './service';
export { createUser, setLastSeen, userWrites } from './writes';
