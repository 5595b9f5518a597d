import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { isMet, ratioOf } from '../benchmark.js';
import { type Result, targetText } from './table.js';

interface StoredFigure {
  readonly figure: string;
  readonly unit: string;
  readonly measured: number | null;
  readonly baseline: number | null;
  readonly ratio: number | null;
  readonly target: string;
  readonly met: boolean;
  readonly note?: string;
}

/** The result of one benchmark, with the date and the machine of the measurement. */
interface StoredResult {
  readonly date: string;
  readonly node: string;
  readonly cpus: number;
  readonly figures: readonly StoredFigure[];
}

/**
 * Writes results into the file, by the benchmark's name. It keeps the results of benchmarks that were not run this time,
 * each with its own date, and removes those that are not among `names`.
 */
export async function writeResults(
  file: string,
  results: readonly Result[],
  names: readonly string[],
): Promise<void> {
  const fresh = new Map(results.map((result) => [result.name, stored(result)]));
  const known = await knownResults(file);
  const kept = names.flatMap((name) => {
    const result = fresh.get(name) ?? known[name];
    return result === undefined ? [] : [[name, result] as const];
  });
  await writeFile(file, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
}

async function knownResults(file: string): Promise<Record<string, StoredResult>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, StoredResult>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

function stored({ figures }: Result): StoredResult {
  return {
    date: new Date().toISOString(),
    node: process.version,
    cpus: availableParallelism(),
    figures: figures.map((figure) => ({
      figure: figure.what,
      unit: figure.unit,
      measured: threeDecimals(figure.measured),
      baseline: threeDecimals(figure.baseline),
      ratio: threeDecimals(ratioOf(figure)),
      target: targetText(figure.target, figure.unit),
      met: isMet(figure),
      note: figure.note,
    })),
  };
}

function threeDecimals(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toFixed(3));
}
