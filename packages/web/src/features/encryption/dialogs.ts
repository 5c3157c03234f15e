import { signal } from '@preact/signals';
import type { ChatId, UserId } from '../../state/types';

/** What the user is asked, in a dialog. */
export type Question =
  /** Makes keys, shows the recovery key. */
  | { readonly kind: 'set-up' }
  /** This browser is not among the user's devices. */
  | { readonly kind: 'let-in' }
  /** Another device of the user's asks to be let in. */
  | { readonly kind: 'approve' }
  /** Everything is lost: new keys. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'renew' }
  /** The recovery key was changed on another device. */
  | { readonly kind: 'unlock' }
  | { readonly kind: 'verify'; readonly userId: UserId }
  /** Nothing is sent, as a verified contact has other keys. */
  | { readonly kind: 'blocked'; readonly chatId: ChatId };

export interface Asked {
  readonly id: number;
  readonly question: Question;
  readonly answer: (done: boolean) => void;
}

const open = signal<readonly Asked[]>([]);
let last = 0;

/** The dialogs that are open, the last on top. */
export const asked = open;

/** Nobody is there any more who could answer. */
export function closeDialogs(): void {
  for (const { answer } of open.value) answer(false);
}

/** Opens a dialog. Resolves when it closes: whether what it is about was done. */
export function ask(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    const id = ++last;
    const answer = (done: boolean) => {
      open.value = open.value.filter((one) => one.id !== id);
      resolve(done);
    };
    open.value = [...open.value, { id, question, answer }];
  });
}
