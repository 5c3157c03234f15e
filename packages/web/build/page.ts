/** The one page of the app. Its texts are in the app's script, as they come in several languages. */
export const page = ({
  script,
  style,
}: {
  script: string;
  style: string;
}): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
    <meta name="color-scheme" content="light dark">
    <meta name="theme-color" content="#f7f7f9" media="(prefers-color-scheme: light)">
    <meta name="theme-color" content="#14151a" media="(prefers-color-scheme: dark)">
    <meta name="robots" content="noindex">
    <title>Confab</title>
    <link rel="icon" href="/app/icon.svg" type="image/svg+xml">
    <link rel="apple-touch-icon" href="/app/icon-192.png">
    <link rel="manifest" href="/app/manifest.webmanifest">
    <link rel="stylesheet" href="/app/assets/${style}">
    <script type="module" src="/app/assets/${script}"></script>
  </head>
  <body>
    <div id="app"></div>
    <noscript>Confab is a chat that runs in your browser: it needs JavaScript.</noscript>
  </body>
</html>
`;
