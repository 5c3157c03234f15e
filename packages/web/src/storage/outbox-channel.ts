/**
 * What a tab tells the others of the outbox that they share: it took a message out, or it goes away
 * and may leave some behind.
 */
export type OutboxNews = 'removed' | 'left';

export class OutboxChannel {
  readonly #channel = new BroadcastChannel('confab.outbox');

  /** Calls back when another tab tells something. */
  constructor(onNews: (news: OutboxNews) => void) {
    this.#channel.onmessage = ({ data }: MessageEvent<OutboxNews>) => onNews(data);
    addEventListener('pagehide', () => this.tell('left'));
  }

  tell(news: OutboxNews): void {
    this.#channel.postMessage(news);
  }
}
