import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import type { CommandOrder, CommandReport } from './hosted-command.js';

const MAIN = new URL('../../apps/cli/src/main.js', import.meta.url).href;

// Modules keep listeners that would have ended with a process of its own.
setMaxListeners(0);

let pending = Promise.resolve();
let count = 0;

/** Loads main.js once more, as a new process does; what it imports is loaded already. */
async function run({ id, parameters, cwd, env, stdin }: CommandOrder): Promise<CommandReport> {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
  process.argv.splice(2, Infinity, ...parameters);
  Object.defineProperty(process, 'stdin', { value: Readable.from([Buffer.from(stdin)]), configurable: true });
  process.exitCode = 0;
  const stdout = capture(process.stdout);
  const stderr = capture(process.stderr);
  await import(`${MAIN}?${(count += 1)}`);
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error');
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
  return { id, code: process.exitCode, stdout: stdout(), stderr: stderr() };
}

/** @returns what was written since */
function capture(stream: NodeJS.WriteStream): () => string {
  const written: Buffer[] = [];
  stream.write = (data: string | Uint8Array, ...more: unknown[]): boolean => {
    written.push(Buffer.from(data as string));
    const done = more.find((value) => typeof value === 'function');
    if (done !== undefined) setImmediate(done as () => void);
    return true;
  };
  return () => Buffer.concat(written).toString();
}

// One after the other: they share the process's streams and environment.
process.on('message', (order: CommandOrder) => {
  pending = pending.then(async () => {
    process.send?.(await run(order));
  });
});
process.once('disconnect', () => process.exit());
