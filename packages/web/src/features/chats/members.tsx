import { useEffect, useRef, useState } from 'preact/hooks';
import { route } from '../../app/router';
import { t } from '../../i18n';
import { memberName } from '../../state/names';
import { session } from '../../state/session';
import type { Chat } from '../../state/types';
import { Button } from '../../ui/button';
import { attempt } from '../../ui/faults';
import { UserPlus } from '../../ui/icons';
import { lazy } from '../../ui/lazy';
import { InfoSection } from './info-section';
import { MemberRow } from './member-row';
import { byRank, mayEdit } from './rights';
import { useMembers } from './use-members';

const AddMembers = lazy(async () => (await import('./add-members')).AddMembers, null);

/** As many are shown at once; further ones on demand. */
const STEP = 100;

/** Who is in a group, and what of it the user may change. */
export function Members({ chat }: { chat: Chat }) {
  const [isAdding, setAdding] = useState(false);
  const [shown, setShown] = useState(STEP);
  const { members, isComplete, isLoading, loadMore } = useMembers(chat);
  const section = useScrollWhenAsked();
  const ranked = byRank(members, memberName);
  const showMore = async () => {
    if (ranked.length > shown || (await attempt(loadMore))) setShown(shown + STEP);
  };
  const add = (
    <Button kind="plain" onClick={() => setAdding(true)}>
      <UserPlus size={18} aria-hidden="true" />
      {t('chats.addPeople')}
    </Button>
  );
  return (
    <div ref={section}>
      <InfoSection
        title={t('chats.memberCount', { count: chat.member_count })}
        action={mayEdit(chat) && add}
      >
        <ul class="member-list">
          {ranked.slice(0, shown).map((member) => (
            <li key={member.user_id}>
              <MemberRow chat={chat} member={member} />
            </li>
          ))}
        </ul>
        {(!isComplete || ranked.length > shown) && (
          <Button kind="plain" busy={isLoading} onClick={() => void showMore()}>
            {t('chats.moreMembers')}
          </Button>
        )}
      </InfoSection>
      {isAdding && <AddMembers chat={chat} onClose={() => setAdding(false)} />}
    </div>
  );
}

/** The members have an address of their own. Whether they are there is learnt when a chat is looked at. */
function useScrollWhenAsked() {
  const section = useRef<HTMLDivElement>(null);
  const place = route.value;
  const isAsked = place.name === 'chat' && place.panel === 'members';
  const isKnown = place.name === 'chat' && session.members(place.chatId).length > 0;
  useEffect(() => {
    if (isAsked && isKnown) section.current?.scrollIntoView();
  }, [isAsked, isKnown]);
  return section;
}
