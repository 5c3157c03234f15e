import { LANGUAGES, type LanguageCode, language, t, useLanguage } from '../../i18n';
import { attempt } from '../../ui/faults';

const codes = Object.keys(LANGUAGES) as LanguageCode[];

/** Another language for people who cannot read this one. */
export function LanguageRow() {
  return (
    <fieldset class="language-row" aria-label={t('common.language')}>
      {codes.map((code) => (
        <button
          key={code}
          type="button"
          lang={code}
          aria-pressed={code === language()}
          onClick={() => void attempt(() => useLanguage(code, true))}
        >
          {LANGUAGES[code].name}
        </button>
      ))}
    </fieldset>
  );
}
