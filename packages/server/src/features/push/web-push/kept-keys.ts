import { z } from 'zod';
import type { Committer } from '../../../storage/committer';
import { readJson } from '../json';
import type { PushRepository } from '../repository';
import { keepVapidKeys } from '../writes';
import { makeVapidKeys, type VapidKeys } from './vapid';

const Stored = z.object({ publicKey: z.string(), privateKey: z.string() });

/**
 * The server's keys for Web Push, made when first needed. They lie in the database, beside the
 * subscriptions that are good with these keys alone: a backup holds both, and all nodes share them.
 */
export class KeptVapidKeys {
  readonly #repository: PushRepository;
  readonly #committer: Committer;
  #keys: Promise<VapidKeys> | undefined;

  constructor(repository: PushRepository, committer: Committer) {
    this.#repository = repository;
    this.#committer = committer;
  }

  readonly get = (): Promise<VapidKeys> => {
    this.#keys ??= this.#load().catch((error) => {
      this.#keys = undefined;
      throw error;
    });
    return this.#keys;
  };

  async #load(): Promise<VapidKeys> {
    const stored = (await this.#repository.vapidKeys()) ?? (await this.#make());
    const keys = readJson(stored, Stored);
    if (!keys) throw new Error('The Web Push keys in the database are damaged');
    return keys;
  }

  async #make(): Promise<string> {
    const keys = JSON.stringify(await makeVapidKeys());
    return this.#committer.submit(keepVapidKeys, { keys }, 0);
  }
}
