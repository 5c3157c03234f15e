import { useEffect, useRef, useState } from 'preact/hooks';
import { type TextKey, t } from '../../i18n';
import { SearchField } from '../../ui/field';
import { EMOJI_GROUPS, findEmoji } from './emoji-data';
import type { EmojiRow } from './emoji-macro';
import { emojiTone, noteEmoji, recentEmoji, setTone, TONES } from './emoji-taste';
import { inTone } from './emoji-tone';

interface Section {
  readonly slug: string;
  readonly emojis: readonly EmojiRow[];
}

/** What each group is called, and the emoji that stands for it. */
const GROUPS: Readonly<Record<string, readonly [TextKey, string]>> = {
  found: ['composer.emojiFound', '🔍'],
  recent: ['composer.emojiRecent', '🕘'],
  smileys_emotion: ['composer.emojiSmileys', '😀'],
  people_body: ['composer.emojiPeople', '👋'],
  animals_nature: ['composer.emojiNature', '🐻'],
  food_drink: ['composer.emojiFood', '🍔'],
  travel_places: ['composer.emojiTravel', '✈️'],
  activities: ['composer.emojiActivities', '⚽'],
  objects: ['composer.emojiObjects', '💡'],
  symbols: ['composer.emojiSymbols', '❤️'],
  flags: ['composer.emojiFlags', '🏁'],
};

const nameOfGroup = (slug: string) => t(GROUPS[slug]?.[0] ?? 'composer.emoji');

function sectionsFor(words: string, recent: readonly string[]): Section[] {
  if (words.trim() !== '') return [{ slug: 'found', emojis: findEmoji(words) }];
  const used: EmojiRow[] = recent.map((emoji) => [emoji, emoji, 0]);
  return [...(used.length > 0 ? [{ slug: 'recent', emojis: used }] : []), ...EMOJI_GROUPS];
}

interface PickerProps {
  onPick: (emoji: string) => void;
}

/**
 * All emoji, by groups and by search. The focus stays in the search field, from where the arrow keys
 * go through the emoji.
 */
export function EmojiPicker({ onPick }: PickerProps) {
  const [words, setWords] = useState('');
  const [active, setActive] = useState(-1);
  const [recent] = useState(recentEmoji.value);
  const list = useRef<HTMLDivElement>(null);
  const picker = useRef<HTMLDivElement>(null);
  const focusSearch = () => picker.current?.querySelector('input')?.focus();
  useEffect(focusSearch, []);
  const sections = sectionsFor(words, recent);
  const pick = (emoji: string) => {
    noteEmoji(emoji);
    onPick(emoji);
    // One more may follow. On a phone the keyboard would come up.
    if (matchMedia('(pointer: fine)').matches) focusSearch();
  };
  const search = (text: string) => {
    setWords(text);
    setActive(text.trim() === '' ? -1 : 0);
    list.current?.scrollTo(0, 0);
  };
  useEffect(() => {
    if (active >= 0) optionsIn(list.current)[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  const onKeyDown = (event: KeyboardEvent) => {
    const options = optionsIn(list.current);
    const chosen = options[active];
    if (event.key === 'Enter' && chosen) {
      event.preventDefault();
      return pick(chosen.dataset.emoji ?? '');
    }
    const next = moved(options, active, event.key, words !== '');
    if (next === null) return;
    event.preventDefault();
    setActive(next);
  };
  return (
    <div class="emoji-picker" ref={picker}>
      <SearchField
        label={t('composer.emojiSearch')}
        value={words}
        onInput={search}
        onKeyDown={onKeyDown}
        role="combobox"
        aria-expanded={true}
        aria-controls="emoji-list"
        aria-activedescendant={active >= 0 ? `emoji-${active}` : undefined}
      />
      {words.trim() === '' && <Tabs sections={sections} list={() => list.current} />}
      <List sections={sections} active={active} listRef={list} onPick={pick} />
      <Tones />
    </div>
  );
}

const optionsIn = (list: HTMLElement | null): HTMLElement[] => [
  ...(list?.querySelectorAll<HTMLElement>('[role=option]') ?? []),
];

/** Where an arrow key leads to; null for nowhere. In a line of text left and right move the caret first. */
function moved(options: HTMLElement[], at: number, key: string, isTyping: boolean): number | null {
  const isRtl = document.documentElement.dir === 'rtl';
  const sideways = { ArrowRight: isRtl ? -1 : 1, ArrowLeft: isRtl ? 1 : -1 }[key];
  if (sideways !== undefined && (at >= 0 || !isTyping)) return within(options, at + sideways);
  if (key === 'ArrowDown') return at < 0 ? 0 : nextLine(options, at, 1);
  if (key === 'ArrowUp' && at >= 0) return nextLine(options, at, -1);
  return null;
}

const within = (options: HTMLElement[], at: number) =>
  Math.max(0, Math.min(at, options.length - 1));

/** The option that lies nearest in the next line of the grid. */
function nextLine(options: HTMLElement[], at: number, step: 1 | -1): number {
  const from = options[at];
  if (!from) return 0;
  let [best, distance] = [at, Number.POSITIVE_INFINITY];
  let line: number | null = null;
  for (let i = at + step; i >= 0 && i < options.length; i += step) {
    const option = options[i];
    if (!option || option.offsetTop === from.offsetTop) continue;
    line ??= option.offsetTop;
    if (option.offsetTop !== line) break;
    const away = Math.abs(option.offsetLeft - from.offsetLeft);
    if (away < distance) [best, distance] = [i, away];
  }
  return best;
}

interface TabsProps {
  sections: readonly Section[];
  list: () => HTMLElement | null;
}

/** Leads to each group. */
function Tabs({ sections, list }: TabsProps) {
  const show = (slug: string) =>
    list()?.querySelector(`[data-group="${slug}"]`)?.scrollIntoView({ block: 'start' });
  return (
    <div class="emoji-tabs">
      {sections.map(({ slug }) => (
        <button
          key={slug}
          type="button"
          title={nameOfGroup(slug)}
          aria-label={nameOfGroup(slug)}
          onClick={() => show(slug)}
        >
          <span aria-hidden="true">{GROUPS[slug]?.[1]}</span>
        </button>
      ))}
    </div>
  );
}

interface ListProps extends PickerProps {
  sections: readonly Section[];
  active: number;
  listRef: { current: HTMLDivElement | null };
}

function List({ sections, active, listRef, onPick }: ListProps) {
  let count = 0;
  return (
    <div
      id="emoji-list"
      class="emoji-list"
      role="listbox"
      aria-label={t('composer.emoji')}
      ref={listRef}
      onPointerDown={(event) => event.pointerType === 'mouse' && event.preventDefault()}
    >
      {sections.map(({ slug, emojis }) => (
        <fieldset key={slug} aria-label={nameOfGroup(slug)} data-group={slug}>
          <span class="emoji-title" aria-hidden="true">
            {nameOfGroup(slug)}
          </span>
          <div class="emoji-grid">
            {emojis.map((row) => {
              const index = count++;
              return (
                <Option
                  key={row[0]}
                  row={row}
                  index={index}
                  isActive={index === active}
                  onPick={onPick}
                />
              );
            })}
          </div>
        </fieldset>
      ))}
      {sections.every(({ emojis }) => emojis.length === 0) && (
        <p class="quiet small emoji-none">{t('composer.emojiNone')}</p>
      )}
    </div>
  );
}

interface OptionProps extends PickerProps {
  row: EmojiRow;
  index: number;
  isActive: boolean;
}

function Option({ row: [base, name, toned], index, isActive, onPick }: OptionProps) {
  const emoji = toned ? inTone(base, emojiTone.value) : base;
  return (
    <button
      type="button"
      id={`emoji-${index}`}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      aria-label={name}
      title={name}
      data-emoji={emoji}
      onClick={() => onPick(emoji)}
    >
      {emoji}
    </button>
  );
}

function Tones() {
  return (
    <fieldset class="emoji-tones">
      <legend class="unseen">{t('composer.emojiTone')}</legend>
      {TONES.map((tone, index) => (
        <label key={tone} title={t('composer.emojiToneNumber', { number: index + 1 })}>
          <input
            class="unseen"
            type="radio"
            name="emoji-tone"
            aria-label={t('composer.emojiToneNumber', { number: index + 1 })}
            checked={emojiTone.value === tone}
            onChange={() => setTone(tone)}
          />
          <span aria-hidden="true">{inTone('✋', tone)}</span>
        </label>
      ))}
    </fieldset>
  );
}
