import { median, medianOf } from '#bench/statistics.js';
import { describe, expect, it } from '../../support/jest.js';

describe('the median', () => {
  it.each([
    ['one value', [7], 7],
    ['an odd number of values, in any order', [5, 1, 40, 3, 2], 3],
    ['an even number of values', [4, 1, 2, 10], 3],
    ['numbers, not texts', [9, 10, 100], 10],
  ])('of %s', (_, values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('of a property', () => {
    expect(medianOf([{ ms: 3 }, { ms: 1 }, { ms: 2 }], ({ ms }) => ms)).toBe(2);
  });

  it('of nothing does not exist', () => {
    expect(() => median([])).toThrow('no median');
  });

  it('leaves the values in their order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});
