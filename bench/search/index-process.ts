import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EndpointIndex } from '#registry/search/index/endpoint-index.js';
import { ROUNDS } from '../durations.js';
import { answerQuestions } from '../processes/answer-questions.js';
import { ready } from '../processes/bench-script.js';
import { corpus, judgedQuestions } from './data-files.js';
import { APPLICATIONS, environmentsOfApplication, indexApplication } from './large-index.js';

/** An index of 60,000 endpoints in a process of its own, so that its memory and its event loop are measured alone. */
const REPLACEMENTS = 100;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const records = await corpus();
const questions = await judgedQuestions();
const index = new EndpointIndex();
const before = memory();
const begun = performance.now();
for (let number = 0; number < APPLICATIONS; number += 1) {
  await indexApplication(index, environmentsOfApplication(records, number));
}
const building = { milliseconds: performance.now() - begun, mebibytes: memory() - before, size: index.size };

answerQuestions({
  building: () => building,
  searches,
  replacements,
});
// There is no server that keeps this process alive.
process.channel?.ref();
ready('http://index');

/** Milliseconds of each search, and the longest hold of the event loop in each round, for an agent that sees production. */
async function searches(): Promise<{ alone: number[]; phrased: number[]; holds: number[] }> {
  const alone: number[] = [];
  const phrased: number[] = [];
  const holds: number[] = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const { query, alsoTry } of questions) {
      for (const [phrasings, times] of [
        [[query], alone],
        [[query, ...alsoTry], phrased],
      ] as const) {
        const start = performance.now();
        await index.search({
          phrasings,
          isVisible: ({ environment }) => environment === 'production',
          limit: 8,
          offset: 0,
        });
        if (round > 0) times.push(performance.now() - start);
      }
    }
    // The first round compiles the code.
    if (round > 0) holds.push(delay.max / 1e6);
    delay.reset();
  }
  delay.disable();
  return { alone, phrased, holds };
}

/** Milliseconds of CPU of each replacement of an application with its three environments. */
async function replacements(): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < REPLACEMENTS; round += 1) {
    const changed = environmentsOfApplication(records, round);
    for (const environment of changed.values()) {
      environment.endpoints.forEach((endpoint) =>
        Object.assign(endpoint, { name: `${endpoint.name} ${round}` }),
      );
    }
    const start = process.cpuUsage();
    await indexApplication(index, changed);
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1000);
  }
  return times;
}

function memory(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}
