import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { given, SEARCH_KINDS, type SearchPlace } from '../../app/search-place';
import { t } from '../../i18n';
import { chatName } from '../../state/names';
import { session } from '../../state/session';
import type { ChatId, UserId } from '../../state/types';
import { Button } from '../../ui/button';
import { usePeople } from './use-people';

interface FiltersProps {
  place: SearchPlace;
  onChange: (place: SearchPlace) => void;
}

export const hasFilters = ({ name, query, ...filters }: SearchPlace): boolean =>
  Object.keys(filters).length > 0;

/** What narrows a search. */
export function Filters({ place, onChange }: FiltersProps) {
  const { query } = place;
  const set = (change: { [K in keyof SearchPlace]?: SearchPlace[K] | undefined }) =>
    onChange({ name: 'search', query, ...given({ ...place, ...change }) });
  return (
    <fieldset class="search-filters">
      <legend class="unseen">{t('search.filters')}</legend>
      <InChat value={place.chatId} onChange={(chatId) => set({ chatId, senderId: undefined })} />
      <BySender
        chatId={place.chatId}
        value={place.senderId}
        onChange={(senderId) => set({ senderId })}
      />
      <Choice
        label={t('search.kind')}
        value={place.kind ?? ''}
        onChange={(value) => set({ kind: SEARCH_KINDS.find((each) => each === value) })}
      >
        <option value="">{t('search.anyKind')}</option>
        {SEARCH_KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {t(`search.${kind}`)}
          </option>
        ))}
      </Choice>
      <Day label={t('search.from')} value={place.from} onChange={(from) => set({ from })} />
      <Day label={t('search.to')} value={place.to} onChange={(to) => set({ to })} />
      <Choice
        label={t('search.order')}
        value={place.best ? 'best' : ''}
        onChange={(value) => set({ best: value === 'best' ? true : undefined })}
      >
        <option value="">{t('search.newest')}</option>
        <option value="best">{t('search.best')}</option>
      </Choice>
      {hasFilters(place) && (
        <Button kind="plain" onClick={() => onChange({ name: 'search', query })}>
          {t('search.clear')}
        </Button>
      )}
    </fieldset>
  );
}

interface ValueProps<T> {
  value: T | undefined;
  onChange: (value: T | undefined) => void;
}

const idOf = <T extends number>(value: string) => (value === '' ? undefined : (Number(value) as T));

function InChat({ value, onChange }: ValueProps<ChatId>) {
  return (
    <Choice
      label={t('search.chat')}
      value={`${value ?? ''}`}
      onChange={(chosen) => onChange(idOf(chosen))}
    >
      <option value="">{t('search.anyChat')}</option>
      {session.chats().map((chat) => (
        <option key={chat.id} value={chat.id}>
          {chatName(chat)}
        </option>
      ))}
    </Choice>
  );
}

function BySender({
  chatId,
  value,
  onChange,
}: ValueProps<UserId> & { chatId?: ChatId | undefined }) {
  const people = usePeople(chatId, value);
  return (
    <Choice
      label={t('search.sender')}
      value={`${value ?? ''}`}
      onChange={(chosen) => onChange(idOf(chosen))}
    >
      <option value="">{t('search.anySender')}</option>
      {people.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Choice>
  );
}

function Day({ label, value, onChange }: ValueProps<string> & { label: string }) {
  const id = useId();
  return (
    <span class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="date"
        class="input"
        value={value ?? ''}
        onChange={(event) => onChange(event.currentTarget.value || undefined)}
      />
    </span>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: ComponentChildren;
}

function Choice({ label, value, onChange, children }: ChoiceProps) {
  const id = useId();
  return (
    <span class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        class="input"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {children}
      </select>
    </span>
  );
}
