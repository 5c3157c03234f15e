import type { Trust } from '@confab/client/e2ee';
import { useEffect } from 'preact/hooks';
import type { UserId } from '../../state/types';
import { encryption, encryptionState } from './encryption';
import { type Found, useFound } from './use-found';
import { trustVersions } from './versions';

/** How sure one can be of somebody's keys; followed as it changes. */
export function useTrust(userId: UserId): Found<Trust> {
  const version = trustVersions.follow(userId);
  const made = encryptionState.value === 'ready' ? encryption.value : null;
  return useFound<Trust>(
    async () => (made ? made.contacts.trust(userId) : 'unknown'),
    [userId, version, made],
  );
}

/** Looks whether somebody's keys are still the same, when they are shown and when there is a hint. */
export function useFreshKeys(userId: UserId | undefined): void {
  const version = userId === undefined ? 0 : trustVersions.follow(userId);
  const made = encryptionState.value === 'ready' ? encryption.value : null;
  useEffect(() => {
    if (userId !== undefined) made?.contacts.devices(userId).catch(() => {});
  }, [made, userId, version]);
}

/** The members of a chat, of so many, whose keys changed after they had been verified. */
export function useSuspects(userIds: readonly UserId[]): readonly UserId[] {
  const versions = userIds.map((id) => trustVersions.follow(id)).join();
  const made = encryptionState.value === 'ready' ? encryption.value : null;
  const found = useFound(async () => {
    if (!made) return [];
    const all = await Promise.all(
      userIds.map(async (id) => ((await made.contacts.trust(id)) === 'changed' ? [id] : [])),
    );
    return all.flat();
  }, [userIds.join(), versions, made]);
  return found.state === 'there' ? found.value : [];
}
