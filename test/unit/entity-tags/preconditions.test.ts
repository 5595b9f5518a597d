import { PreconditionFailed } from '#libs/entity-tags/entity-tag.errors.js';
import { parseIfMatch } from '#libs/entity-tags/if-match.js';
import { Preconditions } from '#libs/entity-tags/preconditions.js';
import { describe, expect, it } from '../../support/jest.js';

describe('preconditions', () => {
  it('that a handler does not evaluate make it fail, whatever it has done', async () => {
    const preconditions = new Preconditions();
    await expect(preconditions.run(['"a"'], () => Promise.resolve('done'))).rejects.toThrow(
      'did not evaluate If-Match',
    );
    await expect(preconditions.run('*', () => Promise.resolve('done'))).rejects.toThrow(Error);
  });

  it('do not hide why a handler failed before', async () => {
    const failed = new Preconditions().run(['"a"'], () => Promise.reject(new Error('not found')));
    await expect(failed).rejects.toThrow('not found');
  });

  it('are those of one request', async () => {
    const preconditions = new Preconditions();
    const evaluate = (): Promise<void> => preconditions.require(() => '"a"');
    const [met, unmet] = await Promise.allSettled([
      preconditions.run(['"a"'], evaluate),
      preconditions.run(['"b"'], evaluate),
    ]);
    expect([met.status, unmet]).toEqual([
      'fulfilled',
      { status: 'rejected', reason: expect.any(PreconditionFailed) },
    ]);
    await evaluate();
  });

  it('read no state without If-Match, and none for any state', async () => {
    const preconditions = new Preconditions();
    const evaluate = (): Promise<void> =>
      preconditions.require(() => {
        throw new Error('read');
      });
    await evaluate();
    await preconditions.run('*', evaluate);
    await expect(preconditions.run(['"a"'], evaluate)).rejects.toThrow('read');
  });
});

describe('If-Match', () => {
  it.each<[string, unknown]>([
    ['*', '*'],
    ['"a"', ['"a"']],
    ['"a","b" ,\tW/"c"', ['"a"', '"b"', 'W/"c"']],
    [',, "a" ,,', ['"a"']],
    ['"a,b", "*", ""', ['"a,b"', '"*"', '""']],
    ['"\u00e9"', ['"\u00e9"']],
  ])('%s is read', (value, read) => {
    expect(parseIfMatch(value)).toEqual(read);
  });

  it('is read in time that grows with its length only', () => {
    const begun = performance.now();
    for (const value of [' '.repeat(2048), ',\t'.repeat(1024), `"${'a'.repeat(2046)}`, '"a" '.repeat(512)])
      expect(() => parseIfMatch(value)).toThrow('If-Match must be');
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
