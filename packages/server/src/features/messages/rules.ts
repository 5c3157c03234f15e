/** Whether a message's time is over: from then on nobody is shown what it said. */
export function hasExpired(expiresAt: number | null, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** When a message disappears that is sent to a chat with this setting. */
export function expiryOf(sentAt: number, disappearAfterS: number): number | null {
  return disappearAfterS > 0 ? sentAt + disappearAfterS * 1000 : null;
}
