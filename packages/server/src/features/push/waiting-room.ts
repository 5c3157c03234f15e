/** Jobs that wait: those of each user, the longest waiting first, and who has most of them. */
export class WaitingRoom<J extends { readonly userId: number }> {
  readonly #ofUser = new Map<number, Set<J>>();
  /** Users by how many of theirs wait: counts change by one, so the highest is found at once. */
  readonly #usersWith = new Map<number, Set<number>>();
  #most = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  countOf(userId: number): number {
    return this.#ofUser.get(userId)?.size ?? 0;
  }

  add(job: J): void {
    const jobs = this.#ofUser.get(job.userId) ?? new Set();
    if (jobs.has(job)) return;
    this.#ofUser.set(job.userId, jobs.add(job));
    this.#size++;
    this.#move(job.userId, jobs.size - 1, jobs.size);
    this.#most = Math.max(this.#most, jobs.size);
  }

  delete(job: J): void {
    const jobs = this.#ofUser.get(job.userId);
    if (!jobs?.delete(job)) return;
    this.#size--;
    this.#move(job.userId, jobs.size + 1, jobs.size);
    if (jobs.size === 0) this.#ofUser.delete(job.userId);
    if (!this.#usersWith.has(this.#most)) this.#most--;
  }

  #move(userId: number, from: number, to: number) {
    const left = this.#usersWith.get(from);
    left?.delete(userId);
    if (left?.size === 0) this.#usersWith.delete(from);
    if (to === 0) return;
    const joined = this.#usersWith.get(to) ?? new Set();
    this.#usersWith.set(to, joined.add(userId));
  }

  oldestOf(userId: number): J | undefined {
    const [oldest] = this.#ofUser.get(userId) ?? [];
    return oldest;
  }

  /** The oldest job of the user who has most; of several such users, of the one who came to it first. */
  oldestOfMost(): J | undefined {
    const [userId] = this.#usersWith.get(this.#most) ?? [];
    return userId === undefined ? undefined : this.oldestOf(userId);
  }
}
