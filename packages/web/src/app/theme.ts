import { Choice } from './choice';

export type Theme = 'system' | 'light' | 'dark';

export const theme = new Choice<Theme>(
  'confab.theme',
  ['system', 'light', 'dark'],
  'system',
  (value) => {
    const { dataset } = document.documentElement;
    if (value === 'system') delete dataset.theme;
    else dataset.theme = value;
  },
);
