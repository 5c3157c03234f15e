import { t } from '../../i18n';
import { Check } from '../../ui/icons';

/** Says that a change is kept. Its place is there before, so that nothing moves. */
export function SavedNote({ state }: { state: 'untouched' | 'saving' | 'saved' | 'failed' }) {
  return (
    <p class="saved-note small" role="status">
      {state === 'saved' && (
        <>
          <Check size={16} aria-hidden="true" /> {t('common.saved')}
        </>
      )}
    </p>
  );
}
