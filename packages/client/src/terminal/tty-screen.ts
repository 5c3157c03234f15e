import type { Interface } from 'node:readline';
import { displayRows, fitWidth } from './display-width';
import type { Screen } from './screen';

interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
}

/**
 * The part of readline that draws the line being typed. `prevRows` is where it believes the cursor
 * to be, below the prompt's first row; it does not notice a line that wrapped while it was typed.
 */
type LineEditor = Pick<Interface, 'setPrompt' | 'prompt' | 'getCursorPos' | 'close'> & {
  prevRows?: number;
};

interface Printed {
  readonly key: string | undefined;
  readonly rows: number;
}

const ESC = '\u001b';
const CLEAR_DOWN = `\r${ESC}[J`;
const CLEAR_LINE = `${ESC}[2K`;
const SAVE = `${ESC}7`;
const RESTORE = `${ESC}8`;
/** How many printed pieces are remembered: more than any screen has rows. */
const REMEMBERED = 300;
const ASSUMED_COLUMNS = 80;

/**
 * A terminal with a line of status and the line being typed at the bottom, and what was said above.
 * What is printed pushes in above those two; what can still be seen can be painted anew.
 */
export class TtyScreen implements Screen {
  readonly isLive = true;
  readonly #terminal: Terminal;
  readonly #editor: LineEditor;
  #printed: Printed[] = [];
  #status = '';
  #prompt = '> ';
  #closed = false;

  constructor(terminal: Terminal, editor: LineEditor) {
    this.#terminal = terminal;
    this.#editor = editor;
    // The terminal wraps what stands there anew: nobody knows where anything is.
    terminal.on('resize', () => {
      this.#printed = [];
    });
    this.#setPrompt();
  }

  /** A terminal that does not know its width says 0. */
  get #columns(): number {
    return this.#terminal.columns || ASSUMED_COLUMNS;
  }

  print(text: string, key?: string): void {
    if (this.#closed) return;
    this.#clear();
    this.#terminal.write(`${text}\n`.replaceAll('\n', '\r\n'));
    this.#printed.push({ key, rows: displayRows(text, this.#columns) });
    if (this.#printed.length > REMEMBERED) this.#printed = this.#printed.slice(-REMEMBERED / 2);
    this.#draw();
  }

  repaint(key: string, text: string): boolean {
    const index = this.#printed.findLastIndex((printed) => printed.key === key);
    const held = this.#printed[index];
    if (this.#closed || !held || held.rows !== displayRows(text, this.#columns)) return false;
    const below = this.#printed.slice(index).reduce((sum, printed) => sum + printed.rows, 0);
    const distance = below + this.#editor.getCursorPos().rows;
    if (distance >= this.#terminal.rows) return false;
    const lines = text.split('\n').map((line) => `${CLEAR_LINE}${line}`);
    this.#terminal.write(`${SAVE}${up(distance)}\r${lines.join('\r\n')}${RESTORE}`);
    return true;
  }

  status(line: string, prompt: string): void {
    if (this.#closed || (line === this.#status && prompt === this.#prompt)) return;
    this.#status = line;
    this.#prompt = prompt;
    this.#clear();
    this.#setPrompt();
    this.#draw();
  }

  /** Takes the typed line from the screen once it was entered: what it leads to is printed. */
  entered(line: string): void {
    const rows = displayRows(`${this.#prompt}${line}`, this.#columns) + 1;
    this.#terminal.write(`${up(rows)}${CLEAR_DOWN}`);
    if (!this.#closed) this.#draw();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#clear();
    this.#editor.close();
  }

  #setPrompt(): void {
    const status = fitWidth(this.#status, this.#columns - 4);
    this.#editor.setPrompt(`── ${status}\n${this.#prompt}`);
  }

  /** Clears the status and the typed line; the cursor ends where the status began. */
  #clear(): void {
    const { rows, cols } = this.#editor.getCursorPos();
    // At the edge a terminal keeps the cursor on the row until one more character comes.
    this.#terminal.write(`${cols === 0 ? ' ' : ''}${up(rows)}${CLEAR_DOWN}`);
  }

  #draw(): void {
    this.#editor.prevRows = 0;
    this.#editor.prompt(true);
  }
}

const up = (rows: number) => (rows > 0 ? `${ESC}[${rows}A` : '');
