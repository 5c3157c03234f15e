import { ConfabError } from '@confab/protocol';
import { makeZip } from 'client-zip';
import type { Caller } from '../../http/contract';
import { iso } from '../../lib/clock';
import type { BusMessage } from '../../realtime/bus';
import type { UserService } from '../users';
import { readme } from './export-readme';
import { type ExportFile, type ExportSource, textOf } from './export-source';

export interface ExportDeps {
  profiles: Pick<UserService, 'me'>;
  /** In the order in which their files come in the archive. */
  sources: readonly ExportSource[];
  now: () => number;
  onError: (error: unknown) => void;
  /** Whether limits per user hold. */
  limits: boolean;
}

/** An export on its way to somebody. */
interface Running {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly sessionId: number;
  /** `broken` off by the server, or `unwanted` by the client: then its end is no good end. */
  state: 'running' | 'broken' | 'unwanted';
  /** The file that is being read. */
  open: AsyncIterator<Uint8Array> | undefined;
}

/**
 * Everything that the server holds of a user, as a ZIP file that is made while it is sent: a page
 * is read when the last one is on its way, so that the memory it takes does not grow with the data.
 */
export class ExportService {
  readonly #deps: ExportDeps;
  readonly #running = new Map<number, Set<Running>>();
  #closed = false;

  constructor(deps: ExportDeps) {
    this.#deps = deps;
  }

  /** @throws ConfabError `rate_limited` while another export of the user is on its way */
  export({ userId, sessionId }: Caller): Response {
    if (this.#closed) throw new ConfabError('overloaded', 'The server is stopping.');
    const others = this.#running.get(userId) ?? new Set();
    if (this.#deps.limits && others.size > 0) {
      throw new ConfabError('rate_limited', 'An export of your data is on its way already.', {
        retryAfterS: 10,
      });
    }
    const mine = this.#begin(userId, sessionId);
    this.#running.set(userId, others.add(mine));
    const name = `confab-export-${iso(this.#deps.now()).slice(0, 10)}.zip`;
    return new Response(this.#stream(userId, mine), {
      headers: {
        'content-type': 'application/zip',
        'content-disposition': `attachment; filename="${name}"`,
        'cache-control': 'no-store',
      },
    });
  }

  #begin(userId: number, sessionId: number): Running {
    const opened = (content: AsyncIterator<Uint8Array>) => {
      mine.open = content;
    };
    const reader = makeZip(this.#entries(userId, opened)).getReader();
    const mine: Running = { reader, sessionId, state: 'running', open: undefined };
    return mine;
  }

  /** A stream that gives the user's turn back when it ends, breaks or is no longer wanted. */
  #stream(userId: number, mine: Running): ReadableStream<Uint8Array> {
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      try {
        const { done, value } = await mine.reader.read();
        if (mine.state === 'unwanted') return;
        if (mine.state === 'broken') throw new ConfabError('session_revoked', 'Broken off.');
        if (!done) return controller.enqueue(value);
        this.#ended(userId, mine);
        controller.close();
      } catch (error) {
        this.#ended(userId, mine);
        if (!(error instanceof ConfabError)) this.#deps.onError(error);
        controller.error(error);
      }
    };
    const cancel = () => {
      this.#ended(userId, mine);
      return letGo(mine, 'unwanted');
    };
    return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
  }

  #ended(userId: number, mine: Running) {
    const running = this.#running.get(userId);
    running?.delete(mine);
    if (running?.size === 0) this.#running.delete(userId);
  }

  /** @param opened is told of each file whose contents are read from now on */
  async *#entries(userId: number, opened: (content: AsyncIterator<Uint8Array>) => void) {
    for await (const { name, content, modifiedAt } of this.#files(userId)) {
      const iterator = content[Symbol.asyncIterator]();
      opened(iterator);
      const lastModified = new Date(modifiedAt ?? this.#deps.now());
      yield { name, lastModified, input: { [Symbol.asyncIterator]: () => iterator } };
    }
  }

  async *#files(userId: number): AsyncGenerator<ExportFile> {
    const { profiles, sources, now } = this.#deps;
    const { username } = await profiles.me(userId);
    yield { name: 'README.txt', content: textOf(readme(username, now(), sources)) };
    for (const source of sources) yield* source.files(userId);
  }

  /** Who is signed out gets no more. */
  follow(message: BusMessage): void {
    if (message.kind !== 'session_ended') return;
    const ended = new Set(message.sessionIds);
    for (const mine of this.#running.get(message.userId) ?? []) {
      if (ended.has(mine.sessionId)) this.#breakOff(mine);
    }
  }

  /** The server stops: it does not wait for those who take their time. */
  close(): void {
    this.#closed = true;
    for (const running of this.#running.values()) {
      for (const mine of running) this.#breakOff(mine);
    }
  }

  #breakOff(mine: Running): void {
    void letGo(mine, 'broken');
  }
}

/** The archive is cancelled by an error thrown into it, which comes back from it. */
async function letGo(mine: Running, state: 'broken' | 'unwanted'): Promise<void> {
  mine.state = state;
  await mine.reader.cancel(new Error('No longer wanted')).catch(() => {});
  await mine.open?.return?.();
}
