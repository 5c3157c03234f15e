import { t } from '../../i18n';
import { Avatar } from '../../ui/avatar';
import { AtSign } from '../../ui/icons';
import type { Suggestion } from './suggestion-sources';
import type { Offer } from './use-suggestions';

interface SuggestionListProps {
  id: string;
  offer: Offer | null;
  onChoose: (option: Suggestion) => void;
}

/** What is being typed can be completed to these. The field has the focus all the time. */
export function SuggestionList({ id, offer, onChoose }: SuggestionListProps) {
  const count = offer?.options.length ?? 0;
  return (
    <>
      <span class="unseen" role="status">
        {count > 0 && t('composer.suggestions', { count })}
      </span>
      {offer && (
        <div id={id} class="suggestions" role="listbox" aria-label={t('composer.suggestionsTitle')}>
          {offer.options.map((option, index) => (
            <Option
              key={option.key}
              id={`${id}-${index}`}
              option={option}
              isActive={index === offer.active}
              onChoose={onChoose}
            />
          ))}
        </div>
      )}
    </>
  );
}

interface OptionProps {
  id: string;
  option: Suggestion;
  isActive: boolean;
  onChoose: (option: Suggestion) => void;
}

function Option({ id, option, isActive, onChoose }: OptionProps) {
  const { title, detail, member } = option;
  return (
    <button
      type="button"
      id={id}
      class="suggestion"
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => onChoose(option)}
    >
      {member && (
        <Avatar
          of={{ id: member.user_id, avatar_url: member.user.avatar_url }}
          name={title}
          size={28}
        />
      )}
      {option.key === '@all' && <AtSign size={20} aria-hidden="true" />}
      <span class="ellipsis">{title}</span>
      <span class="ellipsis quiet small">
        {option.key === '@all' ? t('composer.everybody') : detail}
      </span>
    </button>
  );
}
