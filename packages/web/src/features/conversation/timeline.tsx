import { useComputed } from '@preact/signals';
import { Virtualizer } from 'virtua';
import { t } from '../../i18n';
import { chatName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat } from '../../state/types';
import { Button } from '../../ui/button';
import { Empty, Loading } from '../../ui/empty';
import { MessageCircle } from '../../ui/icons';
import { useConversation } from './conversation-context';
import { FloatingDay } from './day';
import { JumpButton } from './jump-button';
import { RowView } from './row-view';
import type { Row } from './rows';
import type { TimelineStore } from './timeline-store';
import { useList } from './use-list';
import { useRowKeys } from './use-row-keys';
import { HEAD_PX, useScroll } from './use-scroll';

/** More than the window shows, so that nothing is blank while somebody scrolls. In pixels. */
const BUFFER_PX = 600;

/** The messages of a chat, the newest at the bottom. */
export function Timeline({ chat }: { chat: Chat }) {
  const { timeline } = useConversation();
  const isReady = timeline.phase.value === 'ready';
  return (
    <div class="timeline-frame">
      {isReady ? (
        <Messages label={t('conversation.messagesOf', { chat: chatName(chat) })} />
      ) : (
        <Loading />
      )}
    </div>
  );
}

function Messages({ label }: { label: string }) {
  const { timeline, overlays } = useConversation();
  const list = timeline.list.value;
  const { rows, shift } = useList(list, timeline.rows.value);
  const scroll = useScroll(timeline, rows);
  const onKeyDown = useRowKeys(rows, scroll.keeper);
  const active = overlays.active.value;
  const mounted = rows.findIndex((row) => row.key === active);
  const isEmpty = rows.length === 0 && !timeline.hasOlder;
  return (
    <>
      <div
        ref={scroll.scroller}
        class="timeline"
        role="log"
        aria-live="off"
        aria-label={label}
        onKeyDown={onKeyDown}
        onWheel={({ deltaY }) => deltaY < 0 && scroll.keeper.leave()}
        onTouchMove={scroll.keeper.leave}
        onPointerDown={(event) => event.target === event.currentTarget && scroll.keeper.leave()}
      >
        {isEmpty ? <Nothing /> : <Head timeline={timeline} />}
        <Virtualizer
          key={list}
          ref={scroll.list}
          scrollRef={scroll.scroller}
          data={rows}
          shift={shift}
          startMargin={HEAD_PX}
          bufferSize={BUFFER_PX}
          onScroll={scroll.keeper.scrolled}
          onScrollEnd={scroll.keeper.scrollEnded}
          onResize={scroll.keeper.resized}
          {...(mounted >= 0 && { keepMounted: [mounted] })}
        >
          {(row: Row, index: number) => (
            <RowView key={row.key} row={row} isTabStop={isTabStop(rows, index, active)} />
          )}
        </Virtualizer>
        {timeline.newer.value === 'failed' && <Failed run={() => void timeline.loadNewer()} />}
      </div>
      <FloatingDay keeper={scroll.keeper} />
      <JumpButton keeper={scroll.keeper} />
    </>
  );
}

/** One row can be reached by Tab: where the keyboard was, else the last one. */
const isTabStop = (rows: readonly Row[], index: number, active: string | null): boolean =>
  active === null ? index === rows.length - 1 : rows[index]?.key === active;

const Nothing = () => (
  <Empty icon={MessageCircle} title={t('conversation.nothing')}>
    <p>{t('conversation.nothingHint')}</p>
  </Empty>
);

/** Above the oldest row that is here: always of the same height. */
function Head({ timeline }: { timeline: TimelineStore }) {
  return (
    <div class="timeline-head">
      <HeadText timeline={timeline} />
    </div>
  );
}

function HeadText({ timeline }: { timeline: TimelineStore }) {
  const isOnline = useComputed(() => session.connection.value.name === 'online');
  if (!timeline.hasOlder) return <span class="quiet small">{t('conversation.beginning')}</span>;
  if (timeline.older.value !== 'failed') {
    return <span class="spinner" role="status" aria-label={t('common.loading')} />;
  }
  if (!isOnline.value) return <span class="quiet small">{t('conversation.olderOffline')}</span>;
  return <Failed run={() => void timeline.loadOlder()} />;
}

const Failed = ({ run }: { run: () => void }) => (
  <span class="row small">
    {t('conversation.loadFailed')}
    <Button kind="plain" onClick={run}>
      {t('common.retry')}
    </Button>
  </span>
);
