import { ConfabError } from '@confab/protocol';
import type { Clock } from '../../../lib/clock';
import { checkedKey } from '../../../storage/blobs/blob-key';
import type { BlobStore } from '../../../storage/blobs/blob-store';
import type { Committer } from '../../../storage/committer';
import type { Write } from '../../../storage/write';
import { type MediaFacts, type MediaRow, NO_FACTS } from '../../messages';
import type { MediaCounts } from '../counts';
import {
  beginAttempt,
  type ProcessedInput,
  type ProcessedOutcome,
  storeProcessed,
} from '../file-writes';
import type { Incoming } from '../receiving/incoming';
import type { FileKeeper } from '../receiving/keeper';
import type { MediaRepository } from '../repository';
import type { Teller } from '../telling';
import { FairTurns } from './fair-turns';
import type { Processed, Recognised } from './processed';
import type { MediaProcessor } from './processor';

export interface JobDeps {
  clock: Clock;
  media: MediaRepository;
  store: BlobStore;
  keeper: FileKeeper;
  incoming: Incoming;
  processor: MediaProcessor;
  committer: Committer;
  teller: Teller;
  counts: MediaCounts;
  /** Something waits to be taken from the store. */
  onDoomed: () => void;
  onError: (error: unknown) => void;
}

/** How a file's processing ended: it is known now, or nothing can decode it, or it goes on later. */
export type JobOutcome =
  | { kind: 'done'; row: MediaRow }
  | { kind: 'refused'; error: ConfabError }
  | { kind: 'unfinished' };

/** Files that are looked into at once, or wait for it with a copy of theirs. */
const MOST_RUNNING = 16;
/** Nobody's files keep those of all others waiting. */
const MOST_OF_ONE = MOST_RUNNING / 2;
const MOST_ATTEMPTS = 3;
const RETRY_MS = 30_000;
const PAGE = 100;

/** Finds out what is in files, after they were stored. What a stop breaks off is begun again. */
export class ProcessingJobs {
  readonly #deps: JobDeps;
  readonly #known = new Map<number, Promise<JobOutcome>>();
  readonly #turns = new FairTurns({ all: MOST_RUNNING, perOwner: MOST_OF_ONE });
  #stopped = false;
  #resuming: Promise<void> | undefined;
  #cancel = () => {};

  constructor(deps: JobDeps) {
    this.#deps = deps;
  }

  /** Begins with what a stop or a crash has left; then looks from time to time. */
  start(): void {
    this.#resume(true);
    this.#cancel = this.#deps.clock.every(RETRY_MS, () => this.#resume(false));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    this.#turns.open();
    await Promise.all([...this.#known.values(), this.#resuming]);
  }

  /** Files that are being looked into, or wait for it. */
  get queued(): number {
    return this.#known.size;
  }

  /** The one job of a file. It never fails. */
  run(row: MediaRow): Promise<JobOutcome> {
    if (row.state === 'ready') return Promise.resolve({ kind: 'done', row });
    const known = this.#known.get(row.id);
    if (known) return known;
    const job = this.#inTurn(row)
      .catch((error): JobOutcome => {
        this.#deps.onError(error);
        return { kind: 'unfinished' };
      })
      .finally(() => this.#known.delete(row.id));
    this.#known.set(row.id, job);
    return job;
  }

  /** @param atStart whoever had these files under way is no more */
  #resume(atStart: boolean): void {
    this.#resuming ??= this.#resumeAll(atStart)
      .catch(this.#deps.onError)
      .finally(() => {
        this.#resuming = undefined;
      });
  }

  async #resumeAll(atStart: boolean): Promise<void> {
    const { media } = this.#deps;
    for (let after = 0; !this.#stopped; ) {
      const rows = await media.unprocessed(after, PAGE);
      for (const row of rows) {
        if (this.#known.has(row.id) || this.#stopped) continue;
        if (!atStart || (await this.#mayTry(row))) await this.run(row);
        else await this.#letBe(row);
      }
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      after = last.id;
    }
  }

  #mayTry(row: MediaRow): Promise<boolean> {
    const attempt = { mediaId: row.id, most: MOST_ATTEMPTS };
    return this.#deps.committer.submit(beginAttempt, attempt, row.uploader_id);
  }

  /** Nothing more is found out about it. */
  #letBe(row: MediaRow, type: ProcessedInput['type'] = null): Promise<JobOutcome> {
    return this.#store(row, { facts: row.facts, type, thumbnailKey: null });
  }

  async #inTurn(row: MediaRow): Promise<JobOutcome> {
    const end = await this.#turns.take(row.uploader_id);
    try {
      return this.#stopped ? { kind: 'unfinished' } : await this.#process(row);
    } finally {
      end();
    }
  }

  async #process(row: MediaRow): Promise<JobOutcome> {
    const { incoming, counts, onError } = this.#deps;
    try {
      return this.#counted(await incoming.within((folder) => this.#look(row, folder)));
    } catch (error) {
      if (!(error instanceof ConfabError)) {
        counts.process('failed');
        onError(error);
        return this.#letBe(row);
      }
      if (error.temporary) return this.#counted({ kind: 'unfinished' });
      // It was erased meanwhile.
      if (error.code === 'not_found') return { kind: 'refused', error };
      await this.#letBe(row, undecodable(row));
      return this.#counted({ kind: 'refused', error });
    }
  }

  #counted(outcome: JobOutcome): JobOutcome {
    this.#deps.counts.process(outcome.kind);
    return outcome;
  }

  async #look(row: MediaRow, outputDir: string): Promise<JobOutcome> {
    const { store, processor, keeper } = this.#deps;
    const recognised: Recognised = {
      mimeType: row.mime_type,
      mediaType: row.media_type,
      extension: row.file_key.slice(row.file_key.lastIndexOf('.') + 1),
    };
    const owner = row.uploader_id;
    const processed = await store.withLocalFile(checkedKey(row.file_key), (path) =>
      processor.process({ path, recognised, outputDir, owner }),
    );
    const { thumbnail } = processed;
    return keeper.keeping(async (keep) => {
      const thumbnailKey =
        thumbnail && (await keep('thumbnails', 'webp', thumbnail.path, thumbnail.mimeType));
      return this.#store(row, { facts: factsText(row, processed), thumbnailKey, type: null });
    });
  }

  async #store(
    row: MediaRow,
    found: Pick<ProcessedInput, 'facts' | 'thumbnailKey' | 'type'>,
    chatId = row.chat_id,
  ): Promise<JobOutcome> {
    const { clock, committer, teller, onDoomed } = this.#deps;
    const tell = chatId === null ? () => {} : await teller(chatId, row.uploader_id);
    const input: ProcessedInput = { ...found, mediaId: row.id, chatId, at: clock.now() };
    const write: Write<ProcessedInput, ProcessedOutcome> = storeProcessed;
    const outcome = await committer.submit(write, input, chatId ?? row.uploader_id, (stored) => {
      if (stored.kind === 'stored' && stored.message) tell(stored.message);
      return stored;
    });
    if (outcome.kind === 'moved') return this.#store(row, found, outcome.chatId);
    // A thumbnail that nothing needs: the new one, or the one that it replaces.
    if (outcome.kind === 'gone' || row.thumbnail_key !== null) onDoomed();
    if (outcome.kind === 'gone') return { kind: 'refused', error: erased() };
    return { kind: 'done', row: outcome.row };
  }
}

const erased = () => new ConfabError('not_found', 'The file was erased meanwhile');

/** What nothing can decode keeps its content, for saving; it is shown by nobody. */
function undecodable({ media_type }: MediaRow): ProcessedInput['type'] {
  return media_type === 'image'
    ? { mimeType: 'application/octet-stream', mediaType: 'other' }
    : null;
}

/** A picture that the sender made stays where the server could make none. */
function factsText(row: MediaRow, { thumbnail, ...processed }: Processed): string {
  const posters = JSON.parse(row.facts) as Partial<MediaFacts>;
  const own: Partial<MediaFacts> = thumbnail
    ? { thumbnailWidth: thumbnail.width, thumbnailHeight: thumbnail.height }
    : posters;
  const facts: Partial<MediaFacts> = { ...NO_FACTS, ...without(processed), ...own };
  return JSON.stringify(facts);
}

function without(processed: Omit<Processed, 'thumbnail'>): Partial<MediaFacts> {
  const { thumbhash, ...rest } = processed;
  return thumbhash === null ? rest : { ...rest, thumbhash };
}
