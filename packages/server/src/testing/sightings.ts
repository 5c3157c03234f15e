/** How a user is shown somewhere: a user or a summary of one, or a presence. */
export interface Sighting {
  online: boolean;
  lastSeen: string | null;
}

/** Every place in an answer or a frame where somebody's presence stands. */
export function sightingsOf(userId: number, answer: unknown): Sighting[] {
  if (Array.isArray(answer)) return answer.flatMap((item) => sightingsOf(userId, item));
  if (typeof answer !== 'object' || answer === null) return [];
  const own = sightingIn(userId, answer as Record<string, unknown>);
  return [...(own ? [own] : []), ...sightingsOf(userId, Object.values(answer))];
}

function sightingIn(userId: number, shown: Record<string, unknown>): Sighting | undefined {
  if (!('last_seen' in shown)) return undefined;
  const lastSeen = shown.last_seen as string | null;
  if (shown.id === userId) return { online: shown.is_online === true, lastSeen };
  if (shown.user_id === userId) return { online: shown.status === 'online', lastSeen };
  return undefined;
}
