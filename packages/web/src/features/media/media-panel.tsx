import { useSignal } from '@preact/signals';
import { useEffect, useId, useMemo, useRef } from 'preact/hooks';
import { type TextKey, t } from '../../i18n';
import { dayOf } from '../../i18n/dates';
import { session } from '../../state/session';
import type { Chat, Message } from '../../state/types';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/empty';
import { faultText } from '../../ui/faults';
import { FileText, Image, Link, Music } from '../../ui/icons';
import { ChatFiles, type Wanted } from './chat-files';
import { Files, Links, Pictures, Sounds } from './media-lists';
import { linksIn } from './message-links';
import { isSound, isVisual, itemsOf } from './source';

const has =
  (is: (item: ReturnType<typeof itemsOf>[number]) => boolean): Wanted =>
  (message) =>
    itemsOf(message).some(is);

const TABS = {
  pictures: {
    text: 'media.tabPictures',
    none: 'media.noPictures',
    icon: Image,
    wanted: has(isVisual),
    List: Pictures,
  },
  files: {
    text: 'media.tabFiles',
    none: 'media.noFiles',
    icon: FileText,
    wanted: has(({ kind }) => kind === 'file'),
    List: Files,
  },
  sounds: {
    text: 'media.tabSounds',
    none: 'media.noSounds',
    icon: Music,
    wanted: has(isSound),
    List: Sounds,
  },
  links: {
    text: 'media.tabLinks',
    none: 'media.noLinks',
    icon: Link,
    wanted: (message: Message) => linksIn(message).length > 0,
    List: Links,
  },
} as const satisfies Record<
  string,
  { text: TextKey; none: TextKey; wanted: Wanted; icon: unknown; List: unknown }
>;

type Tab = keyof typeof TABS;
const NAMES = Object.keys(TABS) as Tab[];

/** All that was shared in a chat: pictures and films, files, sounds, links. */
export function MediaPanel({ chat }: { chat: Chat }) {
  const tab = useSignal<Tab>('pictures');
  const id = useId();
  const files = useMemo(() => new ChatFiles(chat), [chat.id]);
  return (
    <div class="media-panel">
      <TabList id={id} chosen={tab.value} onChoose={(name) => (tab.value = name)} />
      <div
        class="scroll"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${tab.value}`}
        tabIndex={-1}
      >
        <Found key={tab.value} chat={chat} files={files} tab={tab.value} />
      </div>
    </div>
  );
}

interface TabListProps {
  id: string;
  chosen: Tab;
  onChoose: (tab: Tab) => void;
}

function TabList({ id, chosen, onChoose }: TabListProps) {
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && NAMES[(NAMES.indexOf(chosen) + step + NAMES.length) % NAMES.length];
    if (!next) return;
    event.preventDefault();
    onChoose(next);
    document.getElementById(`${id}-${next}`)?.focus();
  };
  return (
    <div
      class="tabs media-tabs"
      role="tablist"
      aria-label={t('media.shared')}
      onKeyDown={onKeyDown}
    >
      {NAMES.map((name) => (
        <button
          key={name}
          id={`${id}-${name}`}
          type="button"
          role="tab"
          aria-selected={name === chosen}
          aria-controls={`${id}-panel`}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => onChoose(name)}
        >
          {t(TABS[name].text)}
        </button>
      ))}
    </div>
  );
}

interface FoundProps {
  chat: Chat;
  files: ChatFiles;
  tab: Tab;
}

/** How many of a kind are looked for at once. */
const ENOUGH = 30;

function Found({ chat, files, tab }: FoundProps) {
  const { wanted, List, none, icon } = TABS[tab];
  const messages = shownMessages(chat, files).filter(wanted);
  const { name } = files.state.value;
  const isNone = messages.length === 0 && name === 'done';
  return (
    <>
      {isNone ? <Empty icon={icon} title={t(none)} /> : <List messages={messages} />}
      <Further key={messages.length} files={files} wanted={wanted} hasSome={messages.length > 0} />
    </>
  );
}

/** What came since, and what was found in the history as far as it is still there. */
function shownMessages(chat: Chat, files: ChatFiles): readonly Message[] {
  const found = files.messages.value;
  const newest = found[0]?.seq ?? Number.POSITIVE_INFINITY;
  const live = session.messages(chat.id);
  const fresh =
    files.reached.value === null
      ? []
      : live.filter(({ seq }) => seq > newest || found.length === 0);
  const now = new Map(live.map((message) => [message.id, message]));
  return [...fresh.toReversed(), ...found.map((message) => now.get(message.id) ?? message)];
}

interface FurtherProps {
  files: ChatFiles;
  wanted: Wanted;
  hasSome: boolean;
}

/** Goes on by itself while it is in sight and something is found; else it asks. */
function Further({ files, wanted, hasSome }: FurtherProps) {
  const end = useRef<HTMLDivElement>(null);
  const state = files.state.value;
  const reached = files.reached.value;
  const goOn = () => void files.more(wanted, ENOUGH);
  useEffect(() => {
    if (!end.current || !(hasSome || files.reached.peek() === null)) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && goOn());
    observer.observe(end.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div class="media-further" ref={end}>
      {state.name === 'loading' && (
        <span class="spinner" role="status" aria-label={t('common.loading')} />
      )}
      {state.name === 'failed' && <p class="field-error">{faultText(state.fault)}</p>}
      {(state.name === 'idle' || state.name === 'failed') && reached !== null && (
        <>
          <p class="small quiet">{t('media.lookedBack', { day: dayOf(reached) })}</p>
          <Button onClick={goOn}>{t('media.lookFurther')}</Button>
        </>
      )}
    </div>
  );
}
