import { useRef, useState } from 'preact/hooks';
import { session } from '../../state/session';
import type { Chat, ChatMember } from '../../state/types';

export interface KnownMembers {
  readonly members: ChatMember[];
  /** Whether these are all. */
  readonly isComplete: boolean;
  readonly isLoading: boolean;
  /** Learns of some more. Fails as REST calls do. */
  readonly loadMore: () => Promise<void>;
  readonly loadAll: () => Promise<void>;
}

/** The members of a chat that are known, kept current, and more of them on demand. */
export function useMembers({ id, member_count }: Chat): KnownMembers {
  const cursor = useRef<string | null>(null);
  const [isLoading, setLoading] = useState(false);
  const members = session.members(id);
  const isComplete = members.length >= member_count;

  /** Page by page: the first ones may be of members that are known already. */
  const load = async (isEnough: () => boolean) => {
    setLoading(true);
    try {
      do {
        const from = cursor.current === null ? {} : { cursor: cursor.current };
        const page = await session.client.loadMembers(id, { limit: 100, ...from });
        cursor.current = page.next_cursor;
      } while (cursor.current !== null && !isEnough());
    } finally {
      setLoading(false);
    }
  };
  const loadMore = () => {
    const before = session.client.members(id).length;
    return load(() => session.client.members(id).length > before);
  };
  const loadAll = async () => {
    if (!isComplete) await load(() => false);
  };
  return { members, isComplete, isLoading, loadMore, loadAll };
}
