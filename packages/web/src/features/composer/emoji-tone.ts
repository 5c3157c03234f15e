const HANDSHAKE = '🤝';

/**
 * An emoji in a tone of skin. Where people hold hands each of them gets it; their hands, which stand
 * between joiners, do not.
 */
export function inTone(emoji: string, tone: string): string {
  if (tone === '') return emoji;
  const parts = emoji.split('\u200d');
  const isSkin = (part: string) => part !== HANDSHAKE || parts.length === 1;
  return parts.map((part) => (isSkin(part) ? toned(part, tone) : part)).join('\u200d');
}

const toned = (part: string, tone: string) =>
  part.replace(/\p{Emoji_Modifier_Base}\ufe0f?/u, (one) => one.replace('\ufe0f', '') + tone);
