import type { BusMessage } from '../../realtime/bus';
import type { Writer } from './executor';

/**
 * Parts of a server broken on purpose, to show that the checks notice. Every field takes the place
 * of what a sound server does.
 */
export interface Sabotage {
  /** Puts a broken writer in front of the sound one. */
  writer?: (sound: Writer, path: string) => Writer;
  /** Whether a frame that was handed to a user's socket gets lost there. */
  loses?: (userId: number, frame: string) => boolean;
  /** What becomes of a frame on its way out. */
  garbles?: (userId: number, frame: string) => string;
  /** Whether the nodes are never told. */
  swallows?: (message: BusMessage) => boolean;
  /** What a socket says of its unsent bytes. */
  unsentBytes?: (bytes: number) => number;
  /** Sockets go on hearing topics that they were taken off. */
  deafToUnsubscribe?: boolean;
  /** Sockets stay open when they are told to close with this code. */
  ignoresClose?: number;
}
