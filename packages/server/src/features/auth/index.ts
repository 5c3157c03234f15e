export { LivingSessions } from './living-sessions';
export { LoginLimiter } from './login-limiter';
export { type SessionPosition, SessionRepository, type SessionRow } from './repository';
export { authRoutes } from './routes';
export { AuthService } from './service';
export { type Claims, Tokens } from './tokens';
export { UnlockSealer } from './unlock';
export { authWrites, createSession } from './writes';
