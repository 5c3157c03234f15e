/** Where a menu opens: at the pointer, or, asked for by a key, at the thing itself. */
export function placeOfMenu(event: MouseEvent, thing: Element): { x: number; y: number } {
  if (event.clientX > 0 || event.clientY > 0) return { x: event.clientX, y: event.clientY };
  const { left, bottom } = thing.getBoundingClientRect();
  return { x: left, y: bottom };
}
