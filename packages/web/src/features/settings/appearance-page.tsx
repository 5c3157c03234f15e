import type { Choice } from '../../app/choice';
import { textSize } from '../../app/text-size';
import { theme } from '../../app/theme';
import { LANGUAGES, type LanguageCode, language, type TextKey, t, useLanguage } from '../../i18n';
import { Choices } from '../../ui/choices';
import { attempt } from '../../ui/faults';
import { Section } from './section';

const THEMES = {
  system: 'settings.themeSystem',
  light: 'settings.themeLight',
  dark: 'settings.themeDark',
} as const;

const SIZES = {
  small: 'settings.textSmall',
  medium: 'settings.textMedium',
  large: 'settings.textLarge',
  huge: 'settings.textHuge',
} as const;

const codes = Object.keys(LANGUAGES) as LanguageCode[];

/** How the app looks on this device. */
export function AppearancePage() {
  return (
    <>
      <Section title={t('settings.look')} hint={t('settings.lookHint')}>
        <Look label={t('settings.theme')} choice={theme} texts={THEMES} />
        <Look label={t('settings.textSize')} choice={textSize} texts={SIZES} />
        <p class="text-sample">{t('settings.textSample')}</p>
      </Section>
      <Section title={t('common.language')}>
        <Choices
          label={t('settings.languageOf')}
          value={language()}
          options={codes.map((value) => ({ value, text: LANGUAGES[value].name, lang: value }))}
          onChange={(code) => void attempt(() => useLanguage(code, true))}
        />
      </Section>
    </>
  );
}

interface LookProps<T extends string> {
  label: string;
  choice: Choice<T>;
  texts: Readonly<Record<T, TextKey>>;
}

function Look<T extends string>({ label, choice, texts }: LookProps<T>) {
  return (
    <Choices
      label={label}
      value={choice.value}
      options={choice.values.map((value) => ({ value, text: t(texts[value]) }))}
      onChange={(value) => choice.choose(value)}
    />
  );
}
