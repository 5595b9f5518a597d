import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { isPostmaster, postmasterPid } from './embedded-database.js';
import { eventually } from './eventually.js';

const MAIN = fileURLToPath(new URL('../../apps/registry/src/main.js', import.meta.url));
const START_TIMEOUT_MS = 60_000;

/** How a process ended, and all it wrote. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real service in a process of its own. */
export interface RegistryProcess {
  /** The URL that the banner names, once it is printed; rejects when the process ends before. */
  readonly ready: Promise<string>;
  readonly exited: Promise<Exit>;
  signal(name: NodeJS.Signals): void;
}

/** A temporary folder, and the services started in it: nothing of either is left after `clear()`. */
export interface ProcessSandbox {
  readonly directory: string;
  /** Where the services started here keep their data unless told otherwise. */
  readonly dataDir: string;
  /** @param settings all environment variables of the process, beyond a loopback address, a free port and the data directory */
  start(settings?: Readonly<Record<string, string>>): RegistryProcess;
  clear(): Promise<void>;
}

export async function createProcessSandbox(): Promise<ProcessSandbox> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'registry-process-')));
  const dataDir = join(directory, 'data');
  const children: ChildProcess[] = [];
  return {
    directory,
    dataDir,
    start: (settings = {}) => {
      const env = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', DATA_DIR: dataDir, ...settings };
      const child = spawn(process.execPath, [MAIN], {
        cwd: directory,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      children.push(child);
      return observed(child);
    },
    clear: async () => {
      const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
      await Promise.all(
        running.map(async (child) => {
          child.kill('SIGKILL');
          await once(child, 'exit');
        }),
      );
      for (const name of await readdir(directory)) await killPostmaster(join(directory, name));
      await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

function observed(child: ChildProcessByStdio<null, Readable, Readable>): RegistryProcess {
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const exited = once(child, 'exit').then(async ([code, signal]): Promise<Exit> => {
    const [stdout, stderr] = await output;
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr };
  });
  const ready = new Promise<string>((resolve, reject) => {
    let written = '';
    child.stdout.on('data', (chunk) => {
      written += String(chunk);
      const url = /^ {2}API +(\S+)$/m.exec(written)?.[1];
      if (url !== undefined) resolve(url);
    });
    exited.then(({ code, signal, stderr }) => {
      reject(new Error(`ended (${code ?? signal ?? 'unknown'}) before it was ready: ${stderr}`));
    }, reject);
    setTimeout(() => {
      reject(new Error(`not ready after ${START_TIMEOUT_MS / 1000} s: ${written}`));
    }, START_TIMEOUT_MS).unref();
  });
  // A test that expects the start to fail only looks at how it ended.
  ready.catch(() => undefined);
  return { ready, exited, signal: (name) => child.kill(name) };
}

async function killPostmaster(dataDir: string): Promise<void> {
  const pid = await postmasterPid(dataDir);
  if (pid === undefined || !(await isPostmaster(pid))) return;
  process.kill(pid, 'SIGQUIT');
  await eventually(async () => !(await isPostmaster(pid)));
}
