import type { Clock } from '../../../lib/clock';

export interface TusUpload {
  readonly id: string;
  readonly size: number;
  readonly metadata: Readonly<Record<string, string | undefined>>;
}

export interface TusOptions {
  clock: Pick<Clock, 'after'>;
  path: string;
  directory: string;
  maxBytes: number;
  expiryMs: number;
  /** Either refuses by throwing. */
  onCreate: (request: object, upload: TusUpload) => Promise<void>;
  /** @returns the id of the new file */
  onFinish: (request: object, upload: TusUpload) => Promise<number>;
}

export interface TusProtocol {
  handle(request: Request): Promise<Response>;
  /** One that is begun; undefined when there is none. */
  find(id: string): Promise<TusUpload | undefined>;
}

/** The id of what is begun; made by the server, never taken from a client. */
export const ID_HEADER = 'x-confab-upload';
