import Table from 'cli-table3';
import { jsonTextOf } from '#libs/json/exact-json.js';
import { printable, printableJson } from './printable.js';

/** A column: its heading and the cell of a row. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => unknown>>;

const NO_BORDERS = {
  ...Object.fromEntries(
    ['top', 'bottom', 'left', 'right', 'mid', 'left-mid', 'right-mid', 'mid-mid'].map((place) => [place, '']),
  ),
  ...Object.fromEntries(['top-mid', 'top-left', 'top-right'].map((place) => [place, ''])),
  ...Object.fromEntries(['bottom-mid', 'bottom-left', 'bottom-right'].map((place) => [place, ''])),
  middle: '  ',
};

/**
 * Writes results to stdout, as tables for people or JSON for scripts, and everything else to stderr. Unprintable
 * characters of any text are replaced before they reach a terminal.
 */
export class Output {
  constructor(private readonly json: boolean) {}

  /** Whether the output is JSON, for commands that show people something other than the response of the registry. */
  get writesJson(): boolean {
    return this.json;
  }

  /** A list: a line for each row, or the JSON array of the registry. */
  list<Row>(rows: readonly Row[], columns: Columns<Row>): void {
    if (this.json) this.write(rows);
    else this.table(Object.keys(columns), cellsOf(rows, columns));
  }

  /**
   * As {@link list}, for rows too large for memory: JSON is written page by page, and a table keeps only its cells.
   */
  async pages<Row>(pages: AsyncIterable<readonly Row[]>, columns: Columns<Row>): Promise<void> {
    if (this.json) {
      let separator = '[';
      for await (const row of rowsOf(pages)) {
        process.stdout.write(`${separator}\n  ${printableJson(row).replaceAll('\n', '\n  ')}`);
        separator = ',';
      }
      process.stdout.write(separator === '[' ? '[]\n' : '\n]\n');
      return;
    }
    const cells: string[][] = [];
    for await (const page of pages) cells.push(...cellsOf(page, columns));
    this.table(Object.keys(columns), cells);
  }

  /** One record: a line for each field, or the JSON object of the registry. */
  one(thing: object, fields: Readonly<Record<string, unknown>>): void {
    if (this.json) {
      this.write(thing);
      return;
    }
    const width = Math.max(...Object.keys(fields).map((name) => name.length));
    const lines = Object.entries(fields).map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}`);
    process.stdout.write(`${withoutTrailingSpaces(lines.join('\n'))}\n`);
  }

  /** Lines that lead to the outcome; JSON contains them in the outcome. */
  lines(lines: readonly string[]): void {
    if (this.json) return;
    for (const line of lines) process.stdout.write(`${withoutTrailingSpaces(shown(line))}\n`);
  }

  /** The outcome of a command that shows nothing else: a line, or several. */
  done(outcome: string | readonly string[], result: object = {}): void {
    if (this.json) this.write(result);
    else this.lines(typeof outcome === 'string' ? [outcome] : outcome);
  }

  /** One of lines without end, at once; for scripts JSON of one line. */
  line(line: string, json: object): void {
    process.stdout.write(`${this.json ? printableJson(json, 0) : shown(line)}\n`);
  }

  /** For scripts: everything that {@link lines} showed before. */
  finish(result: object): void {
    if (this.json) this.write(result);
  }

  /** For people only, in any format. */
  say(sentence: string): void {
    say(sentence);
  }

  private table(head: string[], rows: readonly string[][]): void {
    if (rows.length === 0) {
      this.say('None.');
      return;
    }
    const table = new Table({
      head,
      chars: NO_BORDERS,
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    });
    table.push(...rows);
    process.stdout.write(`${withoutTrailingSpaces(table.toString())}\n`);
  }

  private write(value: unknown): void {
    process.stdout.write(`${printableJson(value)}\n`);
  }
}

async function* rowsOf<Row>(pages: AsyncIterable<readonly Row[]>): AsyncGenerator<Row> {
  for await (const page of pages) yield* page;
}

function cellsOf<Row>(rows: readonly Row[], columns: Columns<Row>): string[][] {
  return rows.map((row) => Object.values(columns).map((cell) => shown(cell(row))));
}

/** Writes one line to stderr. */
export function say(sentence: string): void {
  process.stderr.write(`${printable(sentence)}\n`);
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = typeof value === 'string' ? value : jsonTextOf(value);
  return printable(text);
}

function withoutTrailingSpaces(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
