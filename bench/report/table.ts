import { type Figure, isMet, ratioOf, type Target } from '../benchmark.js';

/** The figures of one benchmark. */
export interface Result {
  readonly name: string;
  readonly figures: readonly Figure[];
}

const HEADINGS = ['benchmark', 'figure', 'measured', 'baseline', 'ratio', 'target', 'met'];
const NOTHING = '';

/** All figures as one table in Markdown. */
export function table(results: readonly Result[]): string {
  const rows = results.flatMap(({ name, figures }) => figures.map((figure) => cells(name, figure)));
  const widths = HEADINGS.map((heading, column) =>
    Math.max(...[HEADINGS, ...rows].map((row) => row[column]?.length ?? 0), heading.length),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(HEADINGS), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line), ''].join('\n');
}

/** A target in words, such as `ratio ≥ 0.6`. */
export function targetText({ of, bound, value }: Target, unit: string): string {
  const sign = bound === 'at least' ? '≥' : '≤';
  return of === 'ratio' ? `ratio ${sign} ${value}` : `${sign} ${value} ${unit}`;
}

function cells(name: string, figure: Figure): string[] {
  const { what, unit, measured, baseline, target, note } = figure;
  const ratio = ratioOf(figure);
  return [
    name,
    what,
    measured === undefined ? (note ?? NOTHING) : `${rounded(measured)} ${unit}`,
    baseline === undefined ? NOTHING : `${rounded(baseline)} ${unit}`,
    ratio?.toFixed(2) ?? NOTHING,
    targetText(target, unit),
    isMet(figure) ? 'yes' : 'no',
  ];
}

/** Rounded to three significant digits; from 100 upwards, to an integer. */
function rounded(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
