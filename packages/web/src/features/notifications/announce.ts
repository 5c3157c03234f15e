import type { ClientEvents } from '@confab/client';
import { order } from '../../app/service-worker';
import { t } from '../../i18n';
import { session } from '../../state/session';
import { isWanted } from './push';
import { chime } from './sound';
import { type Told, wordsOf } from './words';

export type News = (ClientEvents['notification'] | ClientEvents['mention_notification']) & {
  readonly isMention: boolean;
};

/** Shows on the desk what came while nobody sees the app, and rings if that is wanted. */
export function announce(news: News): void {
  chime();
  if (!document.hidden || !isWanted()) return;
  const { client } = session;
  const told: Told = {
    kind: news.isMention ? 'mention' : news.message_id === null ? 'group_invite' : 'message',
    title: news.title,
    body: news.body,
    sender: null,
    count: 1,
    chat: client.chat(news.chat_id),
    message: news.message_id === null ? undefined : client.message(news.message_id),
  };
  const { title, body } = wordsOf(told);
  void order({
    type: 'show',
    message: {
      title: title || t('common.appName'),
      body,
      tag: `chat-${news.chat_id}`,
      notificationId: news.notification_id,
      chatId: news.chat_id,
      messageId: news.message_id,
      badge: null,
    },
  });
}
