import type { Message } from '../../state/types';
import { shownOf } from '../encryption/view';
import { linksOf } from './links';

/** The addresses in what is shown of a message. */
export const linksIn = (message: Message): string[] =>
  message.is_deleted || message.content_type === 'system' ? [] : linksOf(shownOf(message).text);
