import type { ChatId, UserId } from '@confab/protocol';

export const SEARCH_KINDS = ['text', 'image', 'video', 'audio', 'file', 'any-file'] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

/** What is searched for: the words, and what narrows them. All of it is in the address. */
export interface SearchPlace {
  readonly name: 'search';
  readonly query: string;
  readonly chatId?: ChatId;
  readonly senderId?: UserId;
  readonly kind?: SearchKind;
  /** The first and the last day, as `2026-11-20`, here and by the clock here. */
  readonly from?: string;
  readonly to?: string;
  /** The best matches first, in place of the newest. */
  readonly best?: true;
}

const NAMES = { chatId: 'chat', senderId: 'by', kind: 'kind', from: 'from', to: 'to' } as const;

const idOf = <T extends number>(text: string | null): T | undefined =>
  text !== null && /^[1-9]\d{0,14}$/.test(text) ? (Number(text) as T) : undefined;

/** A day that there is. */
function dayOf(text: string | null): string | undefined {
  if (text === null || !/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  return Number.isNaN(Date.parse(text)) ? undefined : text;
}

export function searchPlaceOf(params: URLSearchParams): SearchPlace {
  const kind = params.get(NAMES.kind);
  const found = {
    chatId: idOf<ChatId>(params.get(NAMES.chatId)),
    senderId: idOf<UserId>(params.get(NAMES.senderId)),
    kind: SEARCH_KINDS.find((each) => each === kind),
    from: dayOf(params.get(NAMES.from)),
    to: dayOf(params.get(NAMES.to)),
    best: params.get('order') === 'best' ? (true as const) : undefined,
  };
  return { name: 'search', query: params.get('q') ?? '', ...given(found) };
}

export function searchParamsOf(place: SearchPlace): URLSearchParams {
  const params = new URLSearchParams({ q: place.query });
  for (const [field, name] of Object.entries(NAMES)) {
    const value = place[field as keyof typeof NAMES];
    if (value !== undefined) params.set(name, `${value}`);
  }
  if (place.best) params.set('order', 'best');
  return params;
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that are undefined. */
export const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;
