import type { AvatarFiles, Processed, ProcessRequest } from './processed';

/** Looks into files that strangers sent. Nothing of that happens in the process that serves sockets. */
export interface MediaProcessor {
  /**
   * Strips metadata in a copy. Resolves with the path of the clean file; the same path when nothing had to go.
   * @throws ConfabError `corrupt_media`, `media_too_complex`, `overloaded`
   */
  clean(request: ProcessRequest): Promise<string>;
  /** @throws ConfabError `corrupt_media`, `media_too_complex`, `overloaded` */
  process(request: ProcessRequest): Promise<Processed>;
  /**
   * A square avatar, encoded anew as WebP, with sides of 512 and 96.
   * @throws ConfabError `corrupt_media`, `media_too_complex`, `overloaded`
   */
  avatar(request: ProcessRequest): Promise<AvatarFiles>;
  /** Ends the children; what still waits is refused with `overloaded`. */
  close(): Promise<void>;
}
