import { environmentsOf } from '#bench/search/corpus-environments.js';
import { corpus, type JudgedQuestion, judgedQuestions } from '#bench/search/data-files.js';
import { answers, hidden, qualityOf } from '#bench/search/quality.js';
import { EndpointIndex } from '#registry/search/index/endpoint-index.js';
import { beforeAll, describe, expect, it } from '../../support/jest.js';

/** Floors a little below what `npm run bench -- search` shows: answers are the same every time. */
describe('the development set', () => {
  const index = new EndpointIndex();
  let questions: JudgedQuestion[] = [];

  beforeAll(async () => {
    for (const environment of environmentsOf(await corpus())) {
      await index.replace(environment.applicationKey, environment);
    }
    questions = await judgedQuestions();
  });

  it('is answered well by the question alone', async () => {
    const quality = qualityOf(await answers(index, questions, false));
    expect(quality.ndcg).toBeGreaterThan(0.48);
    expect(quality.reciprocalRank).toBeGreaterThan(0.51);
    expect(quality.empty).toBe(0);
    expect(quality.falseAnswers).toBe(0);
    expect(quality.falseRefusals).toBeLessThan(0.45);
  });

  it('is answered better with other phrasings', async () => {
    const quality = qualityOf(await answers(index, questions, true));
    expect(quality.ndcg).toBeGreaterThan(0.72);
    expect(quality.reciprocalRank).toBeGreaterThan(0.8);
    expect(quality.falseAnswers).toBe(0);
    expect(quality.falseRefusals).toBeLessThan(0.2);
  });

  it('is said to have no answer when the applications that have it are hidden', async () => {
    expect(qualityOf(await hidden(index, questions)).falseAnswers).toBeLessThan(0.25);
  });
});
