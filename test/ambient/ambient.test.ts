import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Ambient } from '#libs/ambient/ambient.js';
import { eventually } from '../support/eventually.js';

describe('an ambient value', () => {
  it('is what the flow was given, however deep, and nobody else sees it', async () => {
    const ambient = new Ambient<string>();
    const deep = async (): Promise<string | undefined> => {
      await sleep(1);
      return ambient.get();
    };
    const flows = ['one', 'two'].map((value) => ambient.run(value, deep));
    expect(ambient.get()).toBeUndefined();
    expect(await Promise.all([...flows, deep()])).toEqual(['one', 'two', undefined]);
  });

  it('is not seen by what exits the flow', async () => {
    const ambient = new Ambient<string>();
    const seen = ambient.run('value', async () => {
      const outside = await ambient.exit(() => Promise.resolve(ambient.get()));
      return [outside, ambient.get()];
    });
    expect(await seen).toEqual([undefined, 'value']);
  });

  it("is nobody's any more once no flow has one, and the next flow's again", async () => {
    const ambient = new Ambient<string>();
    let late: Promise<string | undefined> | undefined;
    await ambient.run('first', async () => {
      late = eventually(() => Promise.resolve(ambient.get()), { fits: (value) => value === undefined });
      await Promise.resolve();
    });
    expect(await late).toBeUndefined();
    expect(await ambient.run('second', () => Promise.resolve(ambient.get()))).toBe('second');
  });

  it('stays while any flow has one', async () => {
    const ambient = new Ambient<string>();
    const long = ambient.run('long', async () => {
      for (let round = 0; round < 20; round += 1) {
        await ambient.run('short', () => Promise.resolve());
        await sleep(10);
      }
      return ambient.get();
    });
    expect(await long).toBe('long');
  });
});
