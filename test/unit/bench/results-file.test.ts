import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeResults } from '#bench/report/results-file.js';
import type { Result } from '#bench/report/table.js';
import { afterEach, beforeEach, describe, expect, it } from '../../support/jest.js';

const NAMES = ['discovery', 'update'];

describe('the file of results', () => {
  let directory: string;
  let file: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'registry-results-'));
    file = join(directory, 'results.json');
  });
  afterEach(() => rm(directory, { recursive: true }));

  function result(name: string, measured: number): Result {
    const target = { of: 'ratio', bound: 'at least', value: 0.5 } as const;
    return { name, figures: [{ what: 'rate', unit: 'requests/s', measured, baseline: 300, target }] };
  }

  async function written(): Promise<Record<string, unknown>> {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  }

  it('has every figure with when and on what it was measured', async () => {
    await writeResults(file, [result('update', 100)], NAMES);
    expect(await written()).toEqual({
      update: {
        date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        node: process.version,
        cpus: expect.any(Number),
        figures: [
          {
            figure: 'rate',
            unit: 'requests/s',
            measured: 100,
            baseline: 300,
            ratio: 0.333,
            target: 'ratio ≥ 0.5',
            met: false,
          },
        ],
      },
    });
  });

  it('keeps what was not measured again, in the order of all, and forgets what is gone', async () => {
    await writeResults(file, [result('update', 1), result('gone', 2)], ['update', 'gone']);
    const before = await written();
    await writeResults(file, [result('discovery', 3)], NAMES);
    const after = await written();
    expect(Object.keys(after)).toEqual(NAMES);
    expect(after.update).toEqual(before.update);
  });
});
