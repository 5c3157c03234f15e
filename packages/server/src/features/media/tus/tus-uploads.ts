import { exists, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfabError, LIMITS } from '@confab/protocol';
import type { Caller } from '../../../http/contract';
import type { Clock } from '../../../lib/clock';
import { type BodyOptions, bodyStream } from '../receiving/body-reader';
import { invalidUpload } from '../receiving/faults';
import type { Intake } from '../receiving/intake';
import type { UploadSlots } from '../receiving/upload-slots';
import {
  asConfabError,
  CONTENT,
  mustBeTus,
  type Refused,
  TUS_HEADERS,
  withoutOrigins,
} from './answers';
import { type FinisherDeps, TusFinisher } from './finisher';
import { ID_HEADER, type TusProtocol, type TusUpload } from './protocol-types';
import { mustBeOwn, newUploadId, noSuchUpload, ownerOf, sizeOf } from './upload-id';

export interface TusDeps extends FinisherDeps {
  clock: Clock;
  /** How bodies are read. */
  bodies: BodyOptions;
  intake: Intake;
  slots: UploadSlots;
  maxFileBytes: number;
  randomBytes: (count: number) => Uint8Array;
  /** Whether somebody is still signed in. @throws ConfabError `session_revoked`, `account_inactive` */
  mustLive: (caller: Caller) => Promise<void>;
  /** Counts an upload of a user. @throws ConfabError `rate_limited` */
  limit: (userId: number) => void;
  onError: (error: unknown) => void;
}

/** What the library does not know of a request. */
interface TusRequest {
  /** Who made it. */
  readonly caller: Caller;
  /** All of the file came: nobody else's turn ends it any more. */
  readonly received: () => void;
}

export const TUS_PATH = '/api/media/tus';
const EXPIRY_MS = LIMITS.unsentFileHours * 3600_000;
const SWEEP_MS = 3600_000;
/** Uploads of a user that are begun and not finished. */
const MOST_BEGUN = 20;
const MAX_METADATA = 4096;

/**
 * Uploads by the tus protocol, which go on after a break, also of the server. The protocol itself is
 * a library's; whose uploads they are, and what becomes of them, is decided here.
 */
export class TusUploads {
  readonly #deps: TusDeps;
  #protocol: Promise<TusProtocol> | undefined;
  readonly #finisher: TusFinisher;
  /** Finished, and still there: the library looks once more after the end. */
  readonly #ended = new WeakMap<object, string>();
  /** Those that are about to be begun, and perhaps not in the folder yet. */
  readonly #beginning = new Set<string>();
  readonly #requests = new WeakMap<object, TusRequest>();
  /** Why the library's answer to a request is none. */
  readonly #failures = new WeakMap<object, unknown>();
  #cancel = () => {};

  constructor(deps: TusDeps) {
    this.#deps = deps;
    this.#finisher = new TusFinisher(deps);
  }

  start(): void {
    const { clock, onError } = this.#deps;
    const sweep = () => void this.sweep().catch(onError);
    sweep();
    this.#cancel = clock.every(SWEEP_MS, sweep);
  }

  stop(): void {
    this.#cancel();
  }

  /** What a client may ask before it begins. */
  options(): Response {
    const headers = {
      ...TUS_HEADERS,
      'tus-extension': 'creation,creation-with-upload,expiration,termination',
      'tus-max-size': String(this.#deps.maxFileBytes),
      allow: 'POST, HEAD, PATCH, DELETE, OPTIONS',
    };
    return new Response(null, { status: 204, headers });
  }

  /** @throws ConfabError */
  async handle(caller: Caller, request: Request, id: string | undefined): Promise<Response> {
    const { userId } = caller;
    mustBeTus(request);
    if (request.method === 'POST') return this.#begin(caller, request);
    mustBeOwn(userId, id);
    const done = request.method === 'DELETE' ? undefined : await this.#done(id);
    if (done !== undefined) return answerOf(id, done);
    try {
      const answer = await this.#carry(caller, request, id);
      return request.method === 'HEAD' && isWhole(answer) ? await this.#end(id) : answer;
    } catch (error) {
      // Another request may have come to the end of it meanwhile.
      const mediaId = request.method === 'DELETE' ? undefined : await this.#done(id);
      if (mediaId === undefined) throw error;
      return answerOf(id, mediaId);
    }
  }

  /** The file that it is by now. */
  async #done(id: string): Promise<number | undefined> {
    const isUnderWay = await exists(join(this.#deps.incoming.resumable, id));
    return isUnderWay ? undefined : this.#finisher.known(id);
  }

  /** All of it came, but whoever received it died. The client sees it complete, and sends no more. */
  async #end(id: string): Promise<Response> {
    const { find } = await this.#open();
    const upload = await find(id);
    if (!upload) throw noSuchUpload();
    const mediaId = await this.#finisher.finish(upload);
    await this.#finisher.remove(id);
    return answerOf(id, mediaId);
  }

  async #begin(caller: Caller, request: Request): Promise<Response> {
    const { userId } = caller;
    this.#deps.limit(userId);
    const id = newUploadId(userId, lengthOf(request), this.#deps.randomBytes);
    this.#beginning.add(id);
    try {
      await this.#mayBegin(userId, id);
      return await this.#carry(caller, request, id);
    } catch (error) {
      // Nobody was told its address, so that nobody could go on with it.
      await this.#finisher.remove(id);
      throw error;
    } finally {
      this.#beginning.delete(id);
    }
  }

  async #carry(caller: Caller, request: Request, id: string): Promise<Response> {
    const { userId } = caller;
    const { bodies, slots } = this.#deps;
    if (request.headers.get('content-type') !== CONTENT) {
      return this.#run(named(id, request, bodies), { caller, received: () => {} });
    }
    const slot = slots.take(userId);
    try {
      // The library takes every failure of the body for a break.
      await bodies.mustFit(Number(request.headers.get('content-length') ?? 0));
      const own = { ...bodies, ended: slot.ended, onBytes: slot.came };
      return await this.#run(named(id, request, own), { caller, received: slot.received });
    } catch (error) {
      throw slot.ended.aborted ? slot.ended.reason : error;
    } finally {
      slot.release();
    }
  }

  /** What a user has begun takes room from its beginning. */
  async #mayBegin(userId: number, id: string): Promise<void> {
    const begun = await this.#begunBy(userId, id);
    if (begun.length > MOST_BEGUN) {
      throw new ConfabError('too_many_uploads', 'Finish or end some of your uploads first.');
    }
    const bytes = begun.reduce((sum, id) => sum + sizeOf(id), 0);
    await this.#deps.intake.mustHaveRoom(userId, bytes);
  }

  /** Up to this one: of those that begin at the same moment, the first ones find room. */
  async #begunBy(userId: number, last: string): Promise<string[]> {
    const beginning = [...this.#beginning];
    const earlier = beginning.slice(0, beginning.indexOf(last) + 1);
    const names = await readdir(this.#deps.incoming.resumable);
    const ids = new Set([...earlier, ...names]);
    return [...ids].filter((id) => ownerOf(id) === userId);
  }

  async #run(request: Request, about: TusRequest): Promise<Response> {
    this.#requests.set(request, about);
    const response = await (await this.#open()).handle(request);
    const ended = this.#ended.get(request);
    if (ended !== undefined) await this.#finisher.remove(ended);
    const failure = this.#failures.get(request);
    if (failure !== undefined) throw failure;
    if (response.status >= 400) throw await asConfabError(response, await this.#refused(request));
    return withoutOrigins(response);
  }

  async #refused({ headers }: Request): Promise<Refused> {
    const { incoming, maxFileBytes: maxBytes } = this.#deps;
    const id = headers.get(ID_HEADER) ?? '';
    const found = await stat(join(incoming.resumable, id)).catch(() => undefined);
    return { headers, come: found?.size, size: sizeOf(id), maxBytes };
  }

  #open(): Promise<TusProtocol> {
    this.#protocol ??= this.#load();
    return this.#protocol;
  }

  async #load(): Promise<TusProtocol> {
    // The library is for those servers alone that get such uploads.
    const { openTus } = await import('./protocol');
    return openTus({
      clock: this.#deps.clock,
      path: TUS_PATH,
      directory: this.#deps.incoming.resumable,
      maxBytes: this.#deps.maxFileBytes,
      expiryMs: EXPIRY_MS,
      onCreate: (request, upload) =>
        this.#noting(request, async () => void (await this.#finisher.target(upload))),
      onFinish: async (request, upload) => {
        const mediaId = await this.#noting(request, () => this.#finishFor(request, upload));
        this.#ended.set(request, upload.id);
        return mediaId;
      },
    });
  }

  /** Its last bytes may have come after their sender was signed out. */
  async #finishFor(request: object, upload: TusUpload): Promise<number> {
    const about = this.#requests.get(request);
    if (!about) throw new Error('An upload was finished by nobody');
    about.received();
    await this.#deps.mustLive(about.caller);
    return this.#finisher.finish(upload);
  }

  async #noting<T>(request: object, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      this.#failures.set(request, error);
      throw error;
    }
  }

  /** Erases uploads that nobody finished in time. */
  async sweep(): Promise<void> {
    const { incoming, clock } = this.#deps;
    for (const name of await readdir(incoming.resumable)) {
      const found = await stat(join(incoming.resumable, name)).catch(() => undefined);
      if (!found || found.mtimeMs > clock.now() - EXPIRY_MS) continue;
      await this.#finisher.remove(name.replace(/\.json$/, ''));
    }
  }
}

/**
 * Whatever a client says there, the id is the one that was made or checked here. The library takes it from
 * the end of the address, a query included.
 */
function named(id: string, request: Request, bodies: BodyOptions): Request {
  const headers = new Headers(request.headers);
  headers.delete('x-http-method-override');
  headers.set(ID_HEADER, id);
  const { method } = request;
  const body = request.body && bodyStream(request, bodies);
  const url = new URL(method === 'POST' ? TUS_PATH : `${TUS_PATH}/${id}`, request.url);
  return new Request(url, { method, headers, body });
}

/** The bytes of what is to be begun. */
function lengthOf({ headers }: Request): number {
  const metadata = headers.get('upload-metadata') ?? '';
  if (metadata.length > MAX_METADATA) throw invalidUpload('Upload-Metadata', 'is too long');
  const size = headers.get('upload-length') ?? '';
  if (/^[1-9][0-9]{0,14}$/.test(size)) return Number(size);
  throw invalidUpload(
    'Upload-Length',
    size === '0' ? 'is 0: the file is empty' : 'must be the bytes of the file',
  );
}

const isWhole = ({ headers }: Response): boolean =>
  headers.get('upload-offset') === headers.get('upload-length');

/** To a client that did not hear that its upload was finished. */
function answerOf(id: string, mediaId: number): Response {
  const size = String(sizeOf(id));
  const headers = {
    'upload-offset': size,
    'upload-length': size,
    'x-media-id': String(mediaId),
    'cache-control': 'no-store',
  };
  return new Response(null, { status: 204, headers });
}
