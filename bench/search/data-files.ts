import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** Seen from dist. */
export const DATA = new URL('../../../bench/search/data/', import.meta.url);

/** An operation of the corpus. */
export interface CorpusRecord {
  readonly application: string;
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly parameters: readonly string[];
  readonly body: readonly string[];
}

/** An OpenAPI document of which the corpus is made. */
export interface SourceDocument {
  readonly application: string;
  readonly package: string;
  readonly file: string;
  readonly sha256: string;
  readonly operations: number;
}

/** A question, and the operations that answer it, graded from 1 (a related step) to 3 (exactly what is asked). */
export interface JudgedQuestion {
  readonly id: string;
  readonly query: string;
  readonly kind: string;
  /** Other ways to ask, as an agent would send them. */
  readonly alsoTry: readonly string[];
  readonly relevant: readonly {
    readonly application: string;
    readonly method: string;
    readonly path: string;
    readonly grade: number;
  }[];
}

/** The operations of real APIs that the questions are asked about. */
export async function corpus(): Promise<CorpusRecord[]> {
  const packed = await readFile(new URL('corpus.jsonl.gz', DATA));
  return linesOf<CorpusRecord>((await promisify(gunzip)(packed)).toString('utf8'));
}

export async function judgedQuestions(): Promise<JudgedQuestion[]> {
  return linesOf<JudgedQuestion>(await readFile(new URL('questions.jsonl', DATA), 'utf8'));
}

/** The documents, and the versions of the packages that have them. */
export async function documentList(): Promise<{
  readonly packages: Readonly<Record<string, string>>;
  readonly documents: readonly SourceDocument[];
}> {
  return JSON.parse(await readFile(new URL('documents.json', DATA), 'utf8')) as Awaited<
    ReturnType<typeof documentList>
  >;
}

function linesOf<Line>(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}
