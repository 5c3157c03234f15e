import { useEffect, useRef, useState } from 'preact/hooks';

/** Whoever types goes on typing: what is typed counts after so long, milliseconds. */
const PAUSE_MS = 250;

/** A field whose value is told when nothing was typed for a moment, or at once by `flush`. */
export function useDelayed(value: string, tell: (value: string) => void) {
  const [text, setText] = useState(value);
  const told = useRef(value);
  const flush = () => {
    if (text === told.current) return;
    told.current = text;
    tell(text);
  };
  useEffect(() => {
    const timer = setTimeout(flush, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  // It was changed elsewhere: by the button that goes back.
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setText(value);
  }, [value]);
  return { text, setText, flush };
}
