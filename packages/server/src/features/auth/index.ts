export { LivingSessions } from './living-sessions';
export { LoginLimiter } from './login-limiter';
export { SessionRepository } from './repository';
export { authRoutes } from './routes';
export { AuthService } from './service';
export { type Claims, Tokens } from './tokens';
export { authWrites, createSession } from './writes';
