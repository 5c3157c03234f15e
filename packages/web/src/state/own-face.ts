import { keep, kept } from '../storage/kept';
import type { User } from './types';

const KEPT = 'confab.me';

/** What is shown of the signed-in user beside their chats. */
export type OwnFace = Pick<User, 'id' | 'username' | 'full_name' | 'avatar_url'>;

/** Keeps it for the next visit; null takes it away. */
export function keepFace(of: OwnFace | null): void {
  keep(KEPT, of && textOf(of));
}

const textOf = ({ id, username, full_name, avatar_url }: OwnFace): string =>
  JSON.stringify({ id, username, full_name, avatar_url });

/** What the last visit kept. It is that of this session: with the session before, its face went too. */
export function keptFace(): OwnFace | null {
  const text = kept(KEPT);
  return text === null ? null : (JSON.parse(text) as OwnFace);
}
