import { homedir } from 'node:os';
import { join } from 'node:path';
import { readJson, writeAtomic } from '../node/atomic-file';

/** What is known of an account on this machine. */
export interface Profile {
  readonly server: string;
  readonly username: string;
  readonly password: string;
  /** False while it is not sure that the server took the registration. */
  readonly isRegistered: boolean;
}

/** Where one account's things are kept. */
export interface ProfilePaths {
  readonly profile: string;
  readonly session: string;
  readonly chats: string;
  readonly outbox: string;
  readonly uploads: string;
  /** Keys of this device and what was decrypted. */
  readonly keys: string;
}

/** Where all accounts are kept, unless the user says otherwise (XDG Base Directory). */
export function defaultRoot(xdgConfigHome: string | undefined): string {
  return join(xdgConfigHome || join(homedir(), '.config'), 'confab');
}

export function profilePaths(server: string, username: string, root: string): ProfilePaths {
  const folder = join(root, new URL(server).host.replace(/[^a-z0-9.-]/g, '_'));
  return {
    profile: join(folder, `${username}.json`),
    session: join(folder, username, 'session.json'),
    chats: join(folder, username, 'chats'),
    outbox: join(folder, username, 'outbox'),
    uploads: join(folder, username, 'uploads'),
    keys: join(folder, username, 'keys'),
  };
}

export const readProfile = (paths: ProfilePaths): Promise<Profile | null> =>
  readJson<Profile>(paths.profile);

/** Written so that only its user may read it (mode 0600), and durably: nobody knows it by heart. */
export function writeProfile(paths: ProfilePaths, profile: Profile): Promise<void> {
  return writeAtomic(paths.profile, `${JSON.stringify(profile, null, 2)}\n`, true);
}
