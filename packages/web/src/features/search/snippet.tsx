interface Part {
  readonly text: string;
  readonly isMatch: boolean;
}

/** A text in parts: what matched, and what stands between. Ranges are start and length, in order. */
export function partsOf(text: string, ranges: readonly (readonly [number, number])[]): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const [start, length] of ranges) {
    parts.push({ text: text.slice(at, start), isMatch: false });
    parts.push({ text: text.slice(start, start + length), isMatch: true });
    at = start + length;
  }
  parts.push({ text: text.slice(at), isMatch: false });
  return parts.filter((part) => part.text !== '');
}

interface SnippetProps {
  text: string;
  ranges: readonly (readonly [number, number])[];
}

/** The part of a message that was found, with the matches marked. */
export function Snippet({ text, ranges }: SnippetProps) {
  return (
    <span class="snippet">
      {partsOf(text, ranges).map((part, index) =>
        part.isMatch ? <mark key={index}>{part.text}</mark> : part.text,
      )}
    </span>
  );
}
