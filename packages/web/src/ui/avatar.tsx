import { useEffect, useState } from 'preact/hooks';
import { session } from '../state/session';

interface AvatarProps {
  /** Whose picture it is: a user, or a chat. */
  of: { readonly id: number; readonly avatar_url: string | null };
  name: string;
  /** In pixels. */
  size?: number;
  online?: boolean;
}

/** A colour for each id, of those that white letters can be read on. */
const hueOf = (id: number): number => (id * 137) % 360;

const initialsOf = (name: string): string => {
  const words = name.trim().split(/\s+/).slice(0, 2);
  return words
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
};

/** A picture, or the initials of a name. The name itself stands beside it: it is not told here. */
export function Avatar({ of, name, size = 44, online = false }: AvatarProps) {
  const url = session.client.avatarUrl(of, size > 96 ? 'large' : 'small');
  // Without a network a picture may not come; it is asked for again when there is one.
  const [failed, setFailed] = useState<string | null>(null);
  const isOnline = session.connection.value.name === 'online';
  useEffect(() => {
    if (isOnline) setFailed(null);
  }, [isOnline]);
  return (
    <span
      class="avatar"
      style={{ '--size': `${size}px`, '--hue': hueOf(of.id) }}
      aria-hidden="true"
    >
      {url === null || url === failed ? (
        initialsOf(name)
      ) : (
        <img src={url} alt="" loading="lazy" decoding="async" onError={() => setFailed(url)} />
      )}
      {online && <span class="presence" />}
    </span>
  );
}
