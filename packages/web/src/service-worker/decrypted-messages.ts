/** Below it are addresses of decrypted files: each is known to the page alone that made it. */
export const DECRYPTED = '/app/decrypted/';

/** What the worker asks the page that wants to play something. */
export interface DecryptedQuestion {
  readonly type: 'decrypted';
  readonly id: string;
  /** As in HTTP. */
  readonly range: string;
}

/** What the page knows of it. `read`: as much as it gives out at once, from `start` on. */
export type DecryptedAnswer =
  | {
      readonly state: 'read';
      readonly type: string;
      readonly size: number;
      readonly start: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly state: 'beyond'; readonly size: number }
  | { readonly state: 'missing' }
  /** There is no use in asking again: above all, what came is not what was sent. */
  | { readonly state: 'broken' }
  | { readonly state: 'unreached' };

/** Whether it may be given out as what its sender calls it: nothing that could be a page or a script. */
export const isPlayable = (type: string): boolean => /^(audio|video)\/[\w.+-]+$/.test(type);
