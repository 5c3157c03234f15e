import { signal } from '@preact/signals';
import type { Message } from '../../state/types';

/** A place in the window. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** What lies over the conversation. */
export type Overlay =
  | { readonly kind: 'menu' | 'reactions'; readonly message: Message; readonly at: Spot }
  | { readonly kind: 'info' | 'forward' | 'delete'; readonly message: Message }
  /** Which day to go to; `from` is one that is in view. */
  | { readonly kind: 'date'; readonly from: string };

export class OverlayStore {
  readonly open = signal<Overlay | null>(null);
  /** The row that the keyboard is at; null for the last. */
  readonly active = signal<string | null>(null);

  show(overlay: Overlay): void {
    this.open.value = overlay;
  }

  close(): void {
    this.open.value = null;
  }
}
