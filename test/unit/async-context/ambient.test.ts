import { setTimeout as sleep } from 'node:timers/promises';
import { AsyncContext } from '#libs/async-context/async-context.js';
import { eventually } from '../../support/eventually.js';
import { describe, expect, it } from '../../support/jest.js';

describe('an ambient value', () => {
  it('is what the flow was given, however deep, and no other flow sees it', async () => {
    const ambient = new AsyncContext<string>();
    const deep = async (): Promise<string | undefined> => {
      await sleep(1);
      return ambient.get();
    };
    const flows = ['one', 'two'].map((value) => ambient.run(value, deep));
    expect(ambient.get()).toBeUndefined();
    expect(await Promise.all([...flows, deep()])).toEqual(['one', 'two', undefined]);
  });

  it('is not seen by what exits the flow', async () => {
    const ambient = new AsyncContext<string>();
    const seen = ambient.run('value', async () => {
      const outside = await ambient.exit(() => Promise.resolve(ambient.get()));
      return [outside, ambient.get()];
    });
    expect(await seen).toEqual([undefined, 'value']);
  });

  it('ends with its flow, for everything that outlives the flow', async () => {
    const ambient = new AsyncContext<string>();
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const seen: unknown[] = [];
    let outlivesIt: Promise<void> | undefined;
    const longer = ambient.run('another flow that goes on', () => ended);
    await ambient.run('value', async () => {
      outlivesIt = ended.then(() => void seen.push(ambient.get(), ambient.hasEnded()));
      const timer = setInterval(() => {
        seen.push(ambient.get(), ambient.hasEnded());
        clearInterval(timer);
      });
      await Promise.resolve();
      seen.push(ambient.get(), ambient.hasEnded());
    });
    await eventually(() => seen.length === 4);
    end();
    await Promise.all([outlivesIt, longer]);
    expect(seen).toEqual(['value', false, undefined, true, undefined, true]);
    expect(ambient.hasEnded()).toBe(false);
  });

  it('ends with a flow that failed, and is that of the next flow', async () => {
    const ambient = new AsyncContext<string>();
    let late: Promise<unknown> | undefined;
    const failed = ambient.run('first', () => {
      late = sleep(1).then(() => ambient.run('second', () => Promise.resolve(ambient.get())));
      return Promise.reject(new Error('failed'));
    });
    await expect(failed).rejects.toThrow('failed');
    expect(await late).toBe('second');
  });

  it('stays while any flow has one', async () => {
    const ambient = new AsyncContext<string>();
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
