import { fileURLToPath } from 'node:url';
import { benchmarks } from '#bench/benchmarks.js';
import { describe, expect, it } from '../../support/jest.js';
import { runCommand } from '../../support/run-command.js';

const MAIN = fileURLToPath(new URL('../../../bench/main.js', import.meta.url));

describe('npm run bench', () => {
  it('refuses names it does not know, with those it knows', async () => {
    const { code, stdout, stderr } = await runCommand(process.execPath, [MAIN, 'discovery', 'speed']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [message, ...known] = stderr.trimEnd().split('\n');
    expect(message).toBe('There is no benchmark speed. There are:');
    expect(known.map((line) => line.trim().split(' ', 1)[0])).toEqual(benchmarks.map(({ name }) => name));
  });

  it('has a name for each benchmark', () => {
    expect(new Set(benchmarks.map(({ name }) => name)).size).toBe(benchmarks.length);
  });
});
