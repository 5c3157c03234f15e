import type { Committer } from '../../storage/committer';
import type { ChatStates } from '../chats';
import type { People } from './people';
import type { NotificationRepository, UntoldRow } from './repository';
import type { Teller } from './teller';
import { dropUntold } from './writes';

/** What is older is not told any more. */
const STALE_MS = 3_600_000;
const PAGE = 200;

export interface RetellDeps {
  notifications: NotificationRepository;
  states: ChatStates;
  people: People;
  teller: Teller;
  committer: Committer;
  now: () => number;
}

/** Tells what a crash has left untold. To be asked for before anything new is notified of. */
export async function retell(deps: RetellDeps): Promise<() => Promise<void>> {
  const { notifications, committer, now } = deps;
  await committer.submit(dropUntold, { before: now() - STALE_MS }, 0);
  const last = await notifications.lastId();
  return async () => {
    let after = 0;
    for (;;) {
      const rows = await notifications.untold(after, last, PAGE);
      for (const [, ofOne] of Map.groupBy(rows, (row) => `${row.chat_id}:${row.type}`)) {
        await tellAgain(deps, ofOne);
      }
      if (rows.length < PAGE) return;
      after = rows.at(-1)?.id ?? last;
    }
  };
}

/** Of one kind in one chat. */
async function tellAgain(deps: RetellDeps, rows: readonly UntoldRow[]): Promise<void> {
  const [first] = rows;
  const state = first && (await deps.states.load(first.chat_id));
  if (!state) return;
  await deps.teller.room();
  const candidates = rows.map(({ user_id, actor_id }) => ({ userId: user_id, actorId: actor_id }));
  const decisions = await deps.people.decide(first.type, state, candidates);
  deps.teller.tell(
    state.id,
    rows.flatMap((row, i) => {
      const decision = decisions[i];
      return decision ? [{ ...row, ...decision }] : [];
    }),
  );
}
