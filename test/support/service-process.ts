import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../apps/registry/src/main.js', import.meta.url));
const READY = /^ {2}API +(\S+)$/m;
const READY_WITHIN_MS = 50_000;

/** The service as an operator starts it: a process of its own, known by what it prints and answers. */
export interface ServiceProcess {
  /** Where it listens, as its start block says. */
  readonly url: string;
  /** All it has printed so far. */
  output(): string;
  /** Asks it to end; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/**
 * Starts the built service and waits until it says that it is ready.
 *
 * @param options.settings its whole environment besides PATH; a free port is taken unless PORT is among them
 * @param options.cwd its working directory, where it looks for `.env` and puts `.data`
 */
export async function startServiceProcess({
  settings = {},
  cwd,
}: {
  settings?: Readonly<Record<string, string>>;
  cwd: string;
}): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [MAIN], {
    cwd,
    env: { PATH: process.env.PATH, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  let printed = '';
  const ready = new Promise<string>((resolve) => {
    const collect = (chunk: Buffer): void => {
      printed += chunk.toString();
      const url = READY.exec(printed)?.[1];
      // The block is printed at once, but a pipe may deliver it in pieces.
      if (url !== undefined && printed.includes('Admin key')) resolve(url);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
  });
  const deadline = setTimeout(() => child.kill('SIGKILL'), READY_WITHIN_MS);
  const url = await Promise.race([ready, exited]);
  clearTimeout(deadline);
  if (typeof url !== 'string') throw new Error(`The service was not ready before it ended: ${printed}`);
  return { url, output: () => printed, stop: () => stopped(child, exited) };
}

async function stopped(child: ChildProcess, exited: Promise<number | null>): Promise<number | null> {
  child.kill('SIGTERM');
  return exited;
}
