import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../apps/registry/src/main.js', import.meta.url));
/** The whole start block, which a pipe may deliver in pieces. */
const BANNER = /^ {2}API +(\S+)\n(?:.*\n)*? {2}Admin key .*\n/m;
/** Less than a test may take, so that the output is told when the start hangs. */
const START_TIMEOUT_MS = 50_000;

/** How a process ended, and all it wrote. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real service in a process of its own. */
export interface ServiceProcess {
  /** The URL its start block names; rejects with the output when the process ends before that, or hangs. */
  readonly ready: Promise<string>;
  readonly exited: Promise<Exit>;
  readonly pid: number | undefined;
  isRunning(): boolean;
  /** All it wrote so far, to either output. */
  output(): string;
  signal(name: NodeJS.Signals): void;
}

/**
 * Starts the built service.
 *
 * @param cwd where it looks for `.env` and, unless told otherwise, puts `.data`
 * @param settings its whole environment besides PATH
 */
export function startServiceProcess(cwd: string, settings: Readonly<Record<string, string>>): ServiceProcess {
  const child = spawn(process.execPath, [MAIN], {
    cwd,
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, stdout, stderr] = ['', '', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    output += text;
  });
  const exited = once(child, 'close').then(([code, signal]): Exit => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
  }));
  const ready = new Promise<string>((resolve, reject) => {
    const timeout = setTimeout(() => {
      reject(new Error(`The service was not ready after ${START_TIMEOUT_MS / 1000} s: ${output}`));
    }, START_TIMEOUT_MS);
    child.stdout.on('data', () => {
      const url = BANNER.exec(stdout)?.[1];
      if (url === undefined) return;
      clearTimeout(timeout);
      resolve(url);
    });
    exited.then(({ code, signal }) => {
      clearTimeout(timeout);
      reject(new Error(`The service ended (${code ?? signal ?? 'unknown'}) before it was ready: ${output}`));
    }, reject);
  });
  // A test that expects the start to fail only looks at how it ended.
  ready.catch(() => undefined);
  return {
    ready,
    exited,
    pid: child.pid,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    output: () => output,
    signal: (name) => child.kill(name),
  };
}
