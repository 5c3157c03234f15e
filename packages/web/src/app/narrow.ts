import { type ReadonlySignal, signal } from '@preact/signals';

/** As in shell.css: one pane is shown there. */
const query = matchMedia('(max-width: 720px)');
const isNarrow = signal(query.matches);
query.addEventListener('change', ({ matches }) => {
  isNarrow.value = matches;
});

/** Whether there is room for one pane only. */
export const narrow: ReadonlySignal<boolean> = isNarrow;
