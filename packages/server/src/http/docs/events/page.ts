import {
  type FrameCatalogue,
  type FrameDescription,
  frameCatalogue,
} from '@confab/protocol/documents/asyncapi-frames';
import type { DocumentLimits } from '@confab/protocol/documents/limits';
import { html } from 'hono/html';
import type { Resource } from '../resource';
import { pageHeaders } from '../security';
import { typeAnchor } from './fields';
import {
  closeCodes,
  commandSection,
  errors,
  eventSection,
  frameAnchor,
  introduction,
  limitsSection,
  typeSection,
} from './sections';
import type { Markup } from './text';

export interface EventsPageOptions {
  version: string;
  limits?: Partial<DocumentLimits>;
}

/** The WebSocket interface on one page, for people; it runs no script. */
export function eventsPage(options: EventsPageOptions): Resource {
  return {
    type: 'text/html; charset=utf-8',
    headers: pageHeaders(),
    load: async () => (await page(frameCatalogue(), options)).toString(),
  };
}

interface TocEntry {
  title: string;
  anchor: string;
  entries: { name: string; anchor: string }[];
}

function page(catalogue: FrameCatalogue, { version, limits }: EventsPageOptions): Markup {
  const { commands, acks, events, schemas } = catalogue;
  // Bodies that a frame takes apart are shown with the frame.
  const types = Object.entries(schemas.components()).filter(([name]) => !COMMAND_BODIES.has(name));
  const toc = contents(
    catalogue,
    types.map(([name]) => name),
  );
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Confab: events</title>
    <link rel="icon" href="/docs/assets/icon.svg">
    <link rel="stylesheet" href="/docs/assets/events.css">
  </head>
  <body>
    <header>
      <h1>Confab live</h1>
      <p>WebSocket interface, version ${version}</p>
      <nav aria-label="Other documents">
        <a href="/docs">Swagger UI</a> <a href="/redoc">ReDoc</a>
        <a href="/asyncapi.json">asyncapi.json</a> <a href="/openapi.json">openapi.json</a>
      </nav>
    </header>
    <div class="page">
      <nav class="toc" aria-label="Contents">${wideContents(toc)}${narrowContents(toc)}</nav>
      <main>
        ${introduction()}
        <section id="commands">
          <h2>Commands: client to server</h2>
          ${commands.map((command) => commandSection(command, ackOf(command, acks)))}
        </section>
        <section id="events">
          <h2>Events: server to client</h2>
          ${events.map(eventSection)}
        </section>
        <section id="types">
          <h2>Types</h2>
          ${types.map(([name, schema]) => typeSection(name, schema))}
        </section>
        ${closeCodes()}
        ${errors()}
        ${limitsSection(limits)}
      </main>
    </div>
  </body>
</html>
`;
}

/** Components of which a frame consists; nothing else refers to them. */
const COMMAND_BODIES: ReadonlySet<string> = new Set(['SyncRequest', 'SyncAnswer']);

function ackOf(command: FrameDescription, acks: readonly FrameDescription[]): FrameDescription {
  const ack = acks.find(({ name }) => name === command.name);
  if (!ack) throw new Error(`No ack for ${command.name}`);
  return ack;
}

function contents({ commands, events }: FrameCatalogue, types: readonly string[]): TocEntry[] {
  const frames = (list: readonly FrameDescription[]) =>
    list.map((frame) => ({ name: frame.name, anchor: frameAnchor(frame) }));
  return [
    { title: 'The conversation', anchor: 'conversation', entries: [] },
    { title: 'Signing in', anchor: 'signing-in', entries: [] },
    { title: 'Commands', anchor: 'commands', entries: frames(commands) },
    { title: 'Events', anchor: 'events', entries: frames(events) },
    {
      title: 'Types',
      anchor: 'types',
      entries: types.map((name) => ({ name, anchor: typeAnchor(name) })),
    },
    { title: 'Close codes', anchor: 'close-codes', entries: [] },
    { title: 'Error codes', anchor: 'errors', entries: [] },
    { title: 'Limits', anchor: 'limits', entries: [] },
  ];
}

function tocList(toc: readonly TocEntry[]): Markup {
  return html`<ul>${toc.map(
    ({ title, anchor, entries }) =>
      html`<li><a href="#${anchor}">${title}</a>${
        entries.length
          ? html`<ul>${entries.map((entry) => html`<li><a href="#${entry.anchor}">${entry.name}</a></li>`)}</ul>`
          : ''
      }</li>`,
  )}</ul>`;
}

/** Beside the text on a wide screen; folded above it on a narrow one. */
function wideContents(toc: readonly TocEntry[]): Markup {
  return html`<div class="wide">${tocList(toc)}</div>`;
}

function narrowContents(toc: readonly TocEntry[]): Markup {
  return html`<details class="narrow"><summary>Contents</summary>${tocList(toc)}</details>`;
}
