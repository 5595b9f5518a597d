import Table from 'cli-table3';
import { jsonTextOf } from '#libs/json/exact-json.js';
import { printable, printableJson } from './printable.js';

/** A column: its heading and what it shows of a row. */
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
 * Where results go: tables for people or JSON for scripts, on stdout. Everything else is said on stderr. Text from
 * anywhere may be shown: what is unprintable in it never reaches the terminal.
 */
export class Output {
  constructor(private readonly json: boolean) {}

  /** Whether scripts read it: for commands that show people something other than what the registry answered. */
  get writesJson(): boolean {
    return this.json;
  }

  /** A list: a line a row, or the JSON array as the registry has it. */
  list<Row>(rows: readonly Row[], columns: Columns<Row>): void {
    if (this.json) this.write(rows);
    else this.table(Object.keys(columns), cellsOf(rows, columns));
  }

  /** As {@link list}, of rows too large to keep: JSON is written page by page, and for a table only its cells are kept. */
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

  /** One thing: a line a field, or the JSON object as the registry has it. */
  one(thing: object, fields: Readonly<Record<string, unknown>>): void {
    if (this.json) {
      this.write(thing);
      return;
    }
    const width = Math.max(...Object.keys(fields).map((name) => name.length));
    const lines = Object.entries(fields).map(([name, value]) => `${name.padEnd(width)}  ${shown(value)}`);
    process.stdout.write(`${untailed(lines.join('\n'))}\n`);
  }

  /** What leads to the outcome, a line each; scripts are told all of it with the outcome. */
  lines(lines: readonly string[]): void {
    if (this.json) return;
    for (const line of lines) process.stdout.write(`${untailed(shown(line))}\n`);
  }

  /** The outcome of a command that has nothing to show but that: a line, or several. */
  done(outcome: string | readonly string[], result: object = {}): void {
    if (this.json) this.write(result);
    else this.lines(typeof outcome === 'string' ? [outcome] : outcome);
  }

  /** For scripts, all that {@link lines} told people before. */
  finish(result: object): void {
    if (this.json) this.write(result);
  }

  /** For people only, whatever the results are written as. */
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
    process.stdout.write(`${untailed(table.toString())}\n`);
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

/** Says something to people, on stderr: one line. */
export function say(sentence: string): void {
  process.stderr.write(`${printable(sentence)}\n`);
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '-';
  const text = typeof value === 'string' ? value : jsonTextOf(value);
  return printable(text);
}

function untailed(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
