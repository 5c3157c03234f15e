import { beforeEach, describe, expect, test } from 'bun:test';
import { TtyScreen } from './tty-screen';

const COLUMNS = 20;
const ROWS = 8;

/** A terminal that understands what the screen writes, and no more. */
class FakeTerminal {
  readonly columns = COLUMNS;
  readonly rows = ROWS;
  lines: string[] = [''];
  #row = 0;
  #column = 0;
  #saved: [number, number] = [0, 0];
  resize = () => {};

  on(_event: 'resize', listener: () => void): void {
    this.resize = listener;
  }

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal lives on them
    for (const [part] of text.matchAll(/\u001b\[\d*[A-Z]|\u001b[78]|[\s\S]/gu)) this.#take(part);
  }

  /** The rows that have something on them. */
  shown(): string[] {
    return this.lines.slice(-ROWS).map((line) => line.trimEnd());
  }

  #take(part: string): void {
    if (part === '\r') this.#column = 0;
    else if (part === '\n') this.#down();
    else if (part === '\u001b7') this.#saved = [this.#row, this.#column];
    else if (part === '\u001b8') [this.#row, this.#column] = this.#saved;
    else if (part.endsWith('A')) this.#row = Math.max(0, this.#row - Number(part.slice(2, -1)));
    else if (part.endsWith('J')) this.#clearDown();
    else if (part.endsWith('K')) this.lines[this.#row] = '';
    else this.#put(part);
  }

  #down(): void {
    this.#row++;
    this.lines[this.#row] ??= '';
  }

  #clearDown(): void {
    this.lines.length = this.#row + 1;
    this.lines[this.#row] = (this.lines[this.#row] ?? '').slice(0, this.#column);
  }

  #put(character: string): void {
    if (this.#column === COLUMNS) {
      this.#down();
      this.#column = 0;
    }
    const line = (this.lines[this.#row] ?? '').padEnd(this.#column);
    this.lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column++;
  }
}

/** A line editor as simple as can be: it draws the prompt and what is typed. */
class FakeEditor {
  line = '';
  prevRows = 0;
  isClosed = false;
  #prompt = '';

  constructor(private readonly terminal: FakeTerminal) {}

  setPrompt(prompt: string): void {
    this.#prompt = prompt;
  }

  prompt(): void {
    this.terminal.write(`${'\u001b[1A'.repeat(this.prevRows)}\r\u001b[0J`);
    this.terminal.write(`${this.#prompt}${this.line}`.replace('\n', '\r\n'));
    this.prevRows = this.getCursorPos().rows;
  }

  getCursorPos(): { rows: number; cols: number } {
    const typed = (this.#prompt.split('\n').at(-1) ?? '').length + this.line.length;
    return { rows: 1 + Math.floor(typed / COLUMNS), cols: typed % COLUMNS };
  }

  /** The user types; the editor does not look where the line wraps. */
  type(text: string): void {
    this.line += text;
    this.terminal.write(text);
  }

  enter(): string {
    const { line } = this;
    this.line = '';
    this.prevRows = 0;
    this.terminal.write('\r\n');
    return line;
  }

  close(): void {
    this.isClosed = true;
  }
}

let terminal: FakeTerminal;
let editor: FakeEditor;
let screen: TtyScreen;

beforeEach(() => {
  terminal = new FakeTerminal();
  editor = new FakeEditor(terminal);
  screen = new TtyScreen(terminal, editor);
  screen.status('bob online', 'bob> ');
});

describe('a terminal', () => {
  test('has the status and the typed line below what was said', () => {
    screen.print('#1 hello');
    editor.type('half a');
    screen.print('#2 world');
    expect(terminal.shown()).toEqual(['#1 hello', '#2 world', '── bob online', 'bob> half a']);
  });

  test('stays in order when the typed line wraps, even right at the edge', () => {
    for (const length of [14, 15, 16, 30, 35]) {
      beforeEachAgain();
      screen.print('#1 hello');
      editor.type('x'.repeat(length));
      screen.print('#2 world');
      screen.status('bob is typing', 'bob> ');
      const typed = `bob> ${'x'.repeat(length)}`;
      const rows = typed.match(/.{1,20}/g) ?? [];
      expect(terminal.shown()).toEqual(['#1 hello', '#2 world', '── bob is typing', ...rows]);
    }
  });

  test('takes an entered line away: it comes back as a message', () => {
    screen.print('#1 hello');
    editor.type('a line that is long enough to wrap');
    screen.entered(editor.enter());
    screen.print('#2 you: a line');
    expect(terminal.shown()).toEqual(['#1 hello', '#2 you: a line', '── bob online', 'bob>']);
  });

  test('paints a message anew where it stands', () => {
    screen.print('#1 you: hi ✓', '1');
    screen.print('#2 bob: a text that goes over two rows', '2');
    editor.type('typing');
    expect(screen.repaint('1', '#1 you: hi ✓✓')).toBe(true);
    expect(terminal.shown().slice(0, 2)).toEqual(['#1 you: hi ✓✓', '#2 bob: a text that']);
    expect(terminal.shown().at(-1)).toBe('bob> typing');
    editor.type('!');
    expect(terminal.shown().at(-1)).toBe('bob> typing!');
  });

  test('does not paint what cannot be seen, or would not fit', () => {
    screen.print('#1 you: hi ✓', '1');
    expect(screen.repaint('1', '#1 you: hi, now a lot longer')).toBe(false);
    expect(screen.repaint('never', 'x')).toBe(false);
    for (let n = 2; n < 10; n++) screen.print(`#${n} bob`);
    expect(screen.repaint('1', '#1 you: hi ✓✓')).toBe(false);
  });

  test('forgets where things are when its size changes', () => {
    screen.print('#1 you: hi ✓', '1');
    terminal.resize();
    expect(screen.repaint('1', '#1 you: hi ✓✓')).toBe(false);
  });

  test('is left clean', () => {
    screen.print('#1 hello');
    screen.close();
    expect(terminal.shown()).toEqual(['#1 hello', '']);
    expect(editor.isClosed).toBe(true);
  });
});

function beforeEachAgain(): void {
  terminal = new FakeTerminal();
  editor = new FakeEditor(terminal);
  screen = new TtyScreen(terminal, editor);
  screen.status('bob online', 'bob> ');
}
