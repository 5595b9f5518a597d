import { EndpointIndex } from '#registry/search/index/endpoint-index.js';
import type { Benchmark, Figure } from '../benchmark.js';
import { environmentsOf, keyOf } from '../search/corpus-environments.js';
import { corpus, type CorpusRecord, judgedQuestions } from '../search/data-files.js';
import { answers, hidden, qualityOf } from '../search/quality.js';
import type { Stage } from '../stage.js';
import { median } from '../statistics.js';

const INDEX_PROCESS = new URL('../search/index-process.js', import.meta.url);

/** How good the answers of search are on the development set, and what it costs with 60,000 endpoints. */
export const search: Benchmark = {
  name: 'search',
  title:
    'search: 114 judged questions and 6 without an answer over 5,407 endpoints of real APIs; 60,000 endpoints',
  run: async (stage) => [...(await qualityFigures()), ...(await costFigures(stage))],
};

async function qualityFigures(): Promise<Figure[]> {
  const records = await corpus();
  const index = new EndpointIndex();
  for (const environment of environmentsOf(records)) {
    await index.replace(environment.applicationKey, environment);
  }
  const questions = await judgedQuestions();
  const alone = qualityOf(await answers(index, questions, false));
  const phrased = qualityOf(await answers(index, questions, true));
  const unanswerable = qualityOf(await hidden(index, questions));
  return [
    share('NDCG@10, query alone', alone.ndcg, 'at least', 0.45),
    share('NDCG@10, with phrasings', phrased.ndcg, 'at least', 0.7),
    share('Recall@10, query alone', alone.recall, 'at least', 0.5),
    share('Recall@10, with phrasings', phrased.recall, 'at least', 0.75),
    share('MRR, query alone', alone.reciprocalRank, 'at least', 0.5),
    share('MRR, with phrasings', phrased.reciprocalRank, 'at least', 0.8),
    share('empty answers, query alone', alone.empty, 'at most', 0),
    share('false answers, query alone', alone.falseAnswers, 'at most', 0.1),
    share('false answers, with phrasings', phrased.falseAnswers, 'at most', 0.1),
    share('false answers, answer hidden', unanswerable.falseAnswers, 'at most', 0.3),
    share('false refusals, query alone', alone.falseRefusals, 'at most', 0.45),
    share('false refusals, with phrasings', phrased.falseRefusals, 'at most', 0.2),
    share('refused right answers, query alone', alone.refusedHits, 'at most', 0.15),
    share('refused right answers, with phrasings', phrased.refusedHits, 'at most', 0.15),
    share('exact names and paths first', await exactFirst(index, records), 'at least', 1),
  ];
}

async function costFigures(stage: Stage): Promise<Figure[]> {
  const process = await stage.script(INDEX_PROCESS);
  const building = await process.ask<{ milliseconds: number; mebibytes: number; size: number }>('building');
  const { alone, phrased, holds } =
    await process.ask<Record<'alone' | 'phrased' | 'holds', number[]>>('searches');
  const replacements = await process.ask<number[]>('replacements');
  return [
    atMost('index time, 60,000', 'ms', building.milliseconds, 10_000),
    atMost('memory, 60,000', 'MiB', building.mebibytes, 150),
    atMost('search, p50', 'ms', median(alone), 20),
    atMost('search, p95', 'ms', percentile95(alone), 20),
    atMost('search with phrasings, p95', 'ms', percentile95(phrased), 20),
    atMost('longest event-loop hold', 'ms', median(holds), 10),
    atMost('CPU of a changed application, p95', 'ms', percentile95(replacements), 50),
  ];
}

/** The share of endpoints that come first when they are asked for by name, and by method and path. */
async function exactFirst(index: EndpointIndex, records: readonly CorpusRecord[]): Promise<number> {
  const names = new Map(records.map((record) => [keyOf(record), record.name.toLowerCase()]));
  let asked = 0;
  let first = 0;
  for (const record of records.filter((_, at) => at % 5 === 0)) {
    const ask = async (text: string): Promise<string> => {
      asked += 1;
      const { hits } = await index.search({ phrasings: [text], isVisible: () => true, limit: 1, offset: 0 });
      return hits[0]?.id ?? '';
    };
    if (names.get(await ask(record.name)) === record.name.toLowerCase()) first += 1;
    // Several applications may have the same path.
    if ((await ask(`${record.method} ${record.path}`)).endsWith(`${record.method} ${record.path}`))
      first += 1;
  }
  return first / asked;
}

function share(what: string, measured: number, bound: 'at least' | 'at most', value: number): Figure {
  return { what, unit: '', measured, target: { of: 'measured', bound, value } };
}

function atMost(what: string, unit: string, measured: number, value: number): Figure {
  return { what, unit, measured, target: { of: 'measured', bound: 'at most', value } };
}

function percentile95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Infinity;
}
