import { databaseLocation } from '../app/server';
import { resolveSecret } from '../config/secret';
import type { Settings } from '../config/settings';
import { createSession, Tokens } from '../features/auth';
import { createUser } from '../features/users';
import type { Clock } from '../lib/clock';
import { hashPassword } from '../lib/password';
import { openDatabase } from '../storage/database';

/** A user who is signed in without having gone through the front door. */
export interface Recruit {
  id: number;
  username: string;
  accessToken: string;
  refreshToken: string;
}

/** Many users in a moment, as they share one password hash. To be run before the server starts. */
export async function recruit(settings: Settings, clock: Clock, count: number): Promise<Recruit[]> {
  const database = await openDatabase(databaseLocation(settings));
  const tokens = new Tokens(resolveSecret(settings), settings.ACCESS_TOKEN_TTL_S, clock.now);
  const passwordHash = await hashPassword('password');
  const at = clock.now();
  const one = async (n: number): Promise<Recruit> => {
    const username = `crowd${String(n).padStart(4, '0')}`;
    const email = `${username}@example.org`;
    const user = { username, email, passwordHash, fullName: null, at };
    const id = await database.committer.submit(createUser, user, 0);
    const session = { userId: id, device: 'crowd', ip: '127.0.0.1', at };
    const sessionId = await database.committer.submit(createSession, session, id);
    return {
      id,
      username,
      accessToken: await tokens.access(id, sessionId),
      refreshToken: tokens.refresh(sessionId, 1),
    };
  };
  try {
    return await Promise.all(Array.from({ length: count }, (_, n) => one(n)));
  } finally {
    await database.close();
  }
}
