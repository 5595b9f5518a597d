import fc from 'fast-check';
import { editDistance } from '#libs/text-search/edit-distance.js';
import { Vocabulary } from '#libs/text-search/vocabulary.js';
import { describe, expect, it } from '../../support/jest.js';

describe('edit distance', () => {
  it.each([
    ['list', 'list', 0],
    ['lsit', 'list', 1],
    ['delte', 'delete', 1],
    ['orders', 'order', 1],
    ['customer', 'cutsomers', 2],
    ['', 'ab', 2],
    ['refund', 'payment', 3],
  ])('from %s to %s is %i', (one, other, expected) => {
    expect(editDistance(one, other, 2)).toBe(expected);
    expect(editDistance(other, one, 2)).toBe(expected);
  });

  it('is that of the whole table', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 3 }), (one, other, max) => {
        expect(editDistance(one, other, max)).toBe(Math.min(max + 1, wholeTable(one, other)));
      }),
    );
  });
});

/** Optimal string alignment without any bound. */
function wholeTable(one: string, other: string): number {
  const cell = (row: number, column: number): number => {
    if (row === 0 || column === 0) return row + column;
    const costs = [
      cell(row - 1, column) + 1,
      cell(row, column - 1) + 1,
      cell(row - 1, column - 1) + (one[row - 1] === other[column - 1] ? 0 : 1),
    ];
    if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) {
      costs.push(cell(row - 2, column - 2) + 1);
    }
    return Math.min(...costs);
  };
  return cell(one.length, other.length);
}

describe('vocabulary', () => {
  const similar = (vocabulary: Vocabulary, text: string, max: number): string[] =>
    [...vocabulary.similarTo(text, max)].flatMap((term) => (term === undefined ? [] : [term.text])).sort();

  it('knows a word as long as it is used', () => {
    const vocabulary = new Vocabulary();
    const number = vocabulary.use('order');
    expect(vocabulary.use('order')).toBe(number);
    vocabulary.release(number);
    expect(vocabulary.numberOf('order')).toBe(number);
    vocabulary.release(number);
    expect(vocabulary.numberOf('order')).toBeUndefined();
    expect(vocabulary.size).toBe(0);
  });

  it('never gives a number twice', () => {
    const vocabulary = new Vocabulary();
    const first = vocabulary.use('order');
    vocabulary.release(first);
    expect(vocabulary.use('order')).not.toBe(first);
    expect(vocabulary.use('payment')).not.toBe(first);
  });

  it('finds words with few errors, also in the first two letters', () => {
    const vocabulary = new Vocabulary();
    for (const word of ['list', 'lost', 'lists', 'delete', 'customer', 'l']) vocabulary.use(word);
    expect(similar(vocabulary, 'lsit', 1)).toEqual(['list']);
    expect(similar(vocabulary, 'ilst', 1)).toEqual(['list']);
    expect(similar(vocabulary, 'lisst', 2)).toEqual(['list', 'lists', 'lost']);
    expect(similar(vocabulary, 'costumer', 2)).toEqual(['customer']);
    expect(similar(vocabulary, 'unrelated', 2)).toEqual([]);
  });
});
