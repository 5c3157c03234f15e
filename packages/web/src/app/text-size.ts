import { Choice } from './choice';

export type TextSize = 'small' | 'medium' | 'large' | 'huge';

/** All texts are sized in rem: the page's own size makes them larger. */
export const textSize = new Choice<TextSize>(
  'confab.text-size',
  ['small', 'medium', 'large', 'huge'],
  'medium',
  (value) => {
    document.documentElement.dataset.textSize = value;
  },
);
