import { table } from '#bench/report/table.js';
import { describe, expect, it } from '../../support/jest.js';

const RATE = { what: 'rate', unit: 'requests/s' };
const AT_LEAST = { of: 'ratio', bound: 'at least', value: 0.6 } as const;
const AT_MOST = { of: 'ratio', bound: 'at most', value: 3 } as const;

describe('the table of figures', () => {
  it('shows both sides, their ratio, and whether the target is met', () => {
    const text = table([
      {
        name: 'discovery',
        figures: [{ ...RATE, measured: 6000.4, baseline: 10000, target: AT_LEAST }],
      },
      {
        name: 'registration',
        figures: [
          { what: 'all new', unit: 'ms', measured: 40.04, baseline: 10, target: AT_MOST },
          {
            what: 'stall',
            unit: 'ms',
            measured: 50,
            target: { of: 'measured', bound: 'at most', value: 50 },
          },
        ],
      },
    ]);
    expect(text).toBe(
      [
        '| benchmark    | figure  | measured        | baseline         | ratio | target      | met |',
        '| ------------ | ------- | --------------- | ---------------- | ----- | ----------- | --- |',
        '| discovery    | rate    | 6000 requests/s | 10000 requests/s | 0.60  | ratio ≥ 0.6 | yes |',
        '| registration | all new | 40 ms           | 10 ms            | 4.00  | ratio ≤ 3   | no  |',
        '| registration | stall   | 50 ms           |                  |       | ≤ 50 ms     | yes |',
        '',
      ].join('\n'),
    );
  });

  it('says why a figure is missing, which meets no target', () => {
    expect(
      table([{ name: 'not-modified', figures: [{ ...RATE, target: AT_LEAST, note: 'no 304' }] }]),
    ).toContain('| not-modified | rate   | no 304   |          |       | ratio ≥ 0.6 | no  |');
  });
});
