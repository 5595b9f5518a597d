import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A program of ours in a process of its own, ready. */
export interface NodeProcess {
  readonly pid: number;
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  /** Puts a question that the program answers (see `answer-questions.ts`); one after the other. */
  ask<Answer>(question: string): Promise<Answer>;
  /** Ends it, by default as an operator does, and resolves when it has ended. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface Program {
  readonly script: URL;
  /** Module that is loaded before the script. */
  readonly preload?: URL;
  readonly cwd?: string;
  /** The whole environment besides PATH. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Finds the URL in what the program writes when it is ready. */
  readonly ready: RegExp;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** @throws Error with the program's output when it ends before it is ready, or hangs */
export async function startNode({ script, preload, cwd, environment, ready }: Program): Promise<NodeProcess> {
  const preloading = preload === undefined ? [] : ['--import', preload.href];
  const child = spawn(process.execPath, [...preloading, fileURLToPath(script)], {
    cwd,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Maps and typed arrays pass.
    serialization: 'advanced',
  });
  const exited = once(child, 'exit');
  const url = await untilReady(child, exited, ready).catch(async (error: unknown) => {
    child.kill('SIGKILL');
    await exited;
    throw error;
  });
  return {
    pid: child.pid ?? 0,
    url,
    ask: <Answer>(question: string) => ask<Answer>(child, exited, question),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const timeout = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timeout);
    },
  };
}

/** The URL in what it writes. */
async function untilReady(child: ChildProcess, exited: Promise<unknown>, ready: RegExp): Promise<string> {
  let output = '';
  let timeout: NodeJS.Timeout | undefined;
  const said = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const [, url] = ready.exec(output) ?? [];
        if (url !== undefined) resolve(url);
      });
    }
    timeout = setTimeout(() => {
      reject(new Error(`A process was not ready in time: ${output}`));
    }, START_TIMEOUT_MS);
  });
  const ended = exited.then(() =>
    Promise.reject(new Error(`A process ended before it was ready: ${output}`)),
  );
  return Promise.race([said, ended]).finally(() => {
    clearTimeout(timeout);
  });
}

async function ask<Answer>(child: ChildProcess, exited: Promise<unknown>, question: string): Promise<Answer> {
  const answered = once(child, 'message') as Promise<[Answer]>;
  child.send(question);
  const [answer] = await Promise.race([
    answered,
    exited.then(() => Promise.reject(new Error(`A process ended when it was asked for ${question}`))),
  ]);
  return answer;
}
