import type { SearchOptions } from '@confab/client';
import { given, type SearchPlace } from '../../app/search-place';

/** Midnight here of a day, or of one so many days later, as the server wants it. */
function midnight(day: string, later = 0): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

/** A millisecond before: what is sent at this very midnight counts as after it. */
const justBefore = (iso: string) => new Date(Date.parse(iso) - 1).toISOString();

/** What the server is asked for. */
export function optionsOf(place: SearchPlace): SearchOptions {
  const { kind, from, to } = place;
  return given({
    chat_id: place.chatId,
    sender_id: place.senderId,
    content_type: kind === 'any-file' ? undefined : kind,
    has_media: kind === 'any-file' ? true : undefined,
    sent_after: from === undefined ? undefined : justBefore(midnight(from)),
    sent_before: to === undefined ? undefined : midnight(to, 1),
    order: place.best ? ('best' as const) : undefined,
  });
}
