const TEXT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const CODE = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Noto Sans Mono", monospace';

const typography = {
  fontFamily: TEXT,
  headings: { fontFamily: TEXT },
  code: { fontFamily: CODE },
};

const light = { typography, colors: { primary: { main: '#2f6f5e' } } };

const darkTheme = {
  typography: {
    ...typography,
    code: { ...typography.code, color: '#f0b8a8', backgroundColor: '#2b3033' },
    links: { color: '#7cc7b0', visited: '#7cc7b0', hover: '#a5dccb' },
  },
  colors: {
    primary: { main: '#7cc7b0' },
    text: { primary: '#e4e6e7', secondary: '#aab2b6' },
    border: { dark: '#495156', light: '#343b3f' },
    success: { main: '#5cc374' },
    error: { main: '#ff9383' },
    gray: { 50: '#262b2e', 100: '#2b3033' },
    http: { basic: '#9aa5ab' },
  },
  schema: {
    nestedBackground: '#22272a',
    linesColor: '#6b8f85',
    typeNameColor: '#aab2b6',
    typeTitleColor: '#aab2b6',
    requireLabelColor: '#ff9b8a',
    arrow: { color: '#aab2b6' },
  },
  sidebar: {
    backgroundColor: '#22272a',
    textColor: '#e4e6e7',
    activeTextColor: '#7cc7b0',
    arrow: { color: '#aab2b6' },
  },
  rightPanel: {
    backgroundColor: '#15181a',
    textColor: '#e4e6e7',
    servers: {
      overlay: { backgroundColor: '#2b3033', textColor: '#e4e6e7' },
      url: { backgroundColor: '#15181a' },
    },
  },
  codeBlock: { backgroundColor: '#0e1011' },
  fab: { backgroundColor: '#2b3033', color: '#7cc7b0' },
};

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
document.documentElement.classList.toggle('dark-mode', prefersDark.matches);
// ReDoc takes its theme once, at the start.
prefersDark.addEventListener('change', () => location.reload());

globalThis.Redoc.init(
  '/openapi.json',
  {
    theme: prefersDark.matches ? darkTheme : light,
    hideDownloadButton: false,
    jsonSampleExpandLevel: 3,
    sortRequiredPropsFirst: false,
    nativeScrollbars: true,
  },
  document.getElementById('redoc'),
);
