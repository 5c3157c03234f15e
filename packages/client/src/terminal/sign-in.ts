import { ClientError, type ConfabClient } from '../index';
import type { ChatOptions } from './args';
import { type ProfilePaths, readProfile, writeProfile } from './profile';

export interface SignInContext {
  readonly client: ConfabClient;
  readonly options: ChatOptions;
  readonly paths: ProfilePaths;
  readonly makePassword: () => string;
  /** Tells the user what is done, in plain words. */
  readonly say: (text: string) => void;
}

/**
 * Signs in: with the session of last time, else with the password that is given or kept, else by
 * registering. Fails with an error whose message is for the user.
 */
export async function signIn(context: SignInContext): Promise<void> {
  const { client, options, say } = context;
  if (await client.isSignedIn()) return;
  const kept = options.password === undefined ? await readProfile(context.paths) : null;
  const password = options.password ?? kept?.password;
  if (password === undefined) return registerKept(context, context.makePassword());
  if (await tryLogin(client, options.as, password)) return say(`Signed in as ${options.as}.`);
  if (kept?.isRegistered) {
    throw new Error(
      `The password kept in ${context.paths.profile} is not right any more. ` +
        'Give the right one with --password.',
    );
  }
  return kept ? registerKept(context, password) : registerGiven(context, password);
}

/** False when name and password do not go together, or nobody has this name. */
async function tryLogin(client: ConfabClient, name: string, password: string): Promise<boolean> {
  try {
    await client.login(name, password);
    return true;
  } catch (error) {
    if (error instanceof ClientError && error.code === 'invalid_credentials') return false;
    throw error;
  }
}

/** Registers with a password of our own making. It is kept before it is used, lest it get lost. */
async function registerKept(context: SignInContext, password: string): Promise<void> {
  const { options, paths, say } = context;
  const { as, server } = options;
  const profile = { server, username: as, password };
  await writeProfile(paths, { ...profile, isRegistered: false });
  await register(context, password, takenWords(as));
  await writeProfile(paths, { ...profile, isRegistered: true });
  say(`Registered ${as} on ${server}, with a password made up and kept in ${paths.profile}.`);
}

async function registerGiven(context: SignInContext, password: string): Promise<void> {
  const { as, server } = context.options;
  await register(context, password, `The password of ${as} is another one.`);
  context.say(`Registered ${as} on ${server} with the password given.`);
}

async function register(context: SignInContext, password: string, taken: string): Promise<void> {
  const { client, options } = context;
  try {
    await client.register({ username: options.as, email: emailOf(options), password });
  } catch (error) {
    const isTaken = error instanceof ClientError && error.code === 'username_taken';
    throw isTaken ? new Error(taken) : error;
  }
}

/** Names may have dots in odd places, addresses may not; hyphens are in no name. */
function emailOf({ as, email }: ChatOptions): string {
  return email ?? `${as.replaceAll('.', '-')}@confab.invalid`;
}

const takenWords = (name: string) =>
  `Somebody is called ${name} on this server already. If that is you, give your password with ` +
  '--password; else take another name.';
