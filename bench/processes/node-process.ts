import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A script or the service in a separate process, ready for use. */
export interface NodeProcess {
  readonly pid: number;
  /** Its URL, without a trailing slash. */
  readonly url: string;
  /** Sends a question to the program (see `answer-questions.ts`); one at a time. */
  ask<Answer>(question: string): Promise<Answer>;
  /** Stops it, by default with SIGTERM as an operator does, and resolves when it has exited. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface Program {
  readonly script: URL;
  /** Module that is loaded before the script. */
  readonly preload?: URL;
  readonly cwd?: string;
  /** The whole environment except PATH. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Matches the URL in the output of the program when it is ready. */
  readonly ready: RegExp;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** @throws Error with the output of the program when it exits before it is ready, or is not ready in time */
export async function startNode({ script, preload, cwd, environment, ready }: Program): Promise<NodeProcess> {
  const preloading = preload === undefined ? [] : ['--import', preload.href];
  const child = spawn(process.execPath, [...preloading, fileURLToPath(script)], {
    cwd,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Maps and typed arrays can be sent.
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

/** Resolves with the URL in the output of the program. */
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
    Promise.reject(new Error(`A process exited before it was ready: ${output}`)),
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
    exited.then(() =>
      Promise.reject(new Error(`A process exited before it answered the question "${question}"`)),
    ),
  ]);
  return answer;
}
