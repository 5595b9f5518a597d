import { spawn } from 'node:child_process';
import { chown, cp, mkdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Copy, Stage } from './dockerfile.js';

/**
 * Carries out the steps of a Dockerfile without Docker: each stage in a folder of its own that stands for the root of
 * its file system, on this machine's Node. A command finds its own paths only below its `WORKDIR`.
 *
 * @param context the folder that would be sent to Docker
 * @param root a folder for the stages
 * @returns the folder of the last stage
 */
export async function buildStages(stages: readonly Stage[], context: string, root: string): Promise<string> {
  const within = (stage: string, path: string): string => join(root, stage, path);
  const sent = await sentFiles(context);
  for (const { name, steps } of stages) {
    let workdir = '/';
    for (const step of steps) {
      if (step.kind === 'workdir') {
        workdir = resolve(workdir, step.path);
        await mkdir(within(name, workdir), { recursive: true });
      } else if (step.kind === 'run') {
        await run(step.command, within(name, workdir));
      } else {
        const target = within(name, resolve(workdir, step.target));
        const sources = sourcesOf(step, sent, context, within);
        await copy(sources, target, step);
      }
    }
  }
  return within(stages.at(-1)?.name ?? '', '/');
}

/** What .dockerignore lets through; it must refuse everything and then name what is needed. */
async function sentFiles(context: string): Promise<string[]> {
  const [all, ...rest] = (await readFile(join(context, '.dockerignore'), 'utf8')).trim().split('\n');
  if (all !== '*' || !rest.every((line) => /^![\w./-]+$/.test(line))) {
    throw new Error('.dockerignore must be *, and after it only lines that begin with !');
  }
  return rest.map((line) => line.slice(1));
}

function sourcesOf(
  { from, sources }: Copy,
  sent: readonly string[],
  context: string,
  within: (stage: string, path: string) => string,
): { path: string; name: string }[] {
  if (from !== undefined) return sources.map((path) => ({ path: within(from, path), name: basename(path) }));
  return sources.flatMap((source) => {
    const names = source === '.' ? sent : sent.filter((name) => name === source);
    if (names.length === 0) throw new Error(`.dockerignore keeps ${source} from the image`);
    return names.map((name) => ({ path: join(context, name), name }));
  });
}

/** Into a folder where the target ends with a slash or is one already, else under the target's own name. */
async function copy(
  sources: readonly { path: string; name: string }[],
  target: string,
  { from, owner, target: given }: Copy,
): Promise<void> {
  const intoFolder = from === undefined || given.endsWith('/');
  for (const { path, name } of sources) {
    const to = intoFolder ? join(target, name) : target;
    await cp(path, to, { recursive: true, verbatimSymlinks: true });
    if (owner !== undefined && process.getuid?.() === 0) {
      const [user = '', group = user] = owner.split(':');
      await chown(to, Number(user), Number(group));
    }
  }
}

async function run(command: string, cwd: string): Promise<void> {
  process.stdout.write(`RUN ${command}\n`);
  const child = spawn('/bin/sh', ['-c', command], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise<number | null>((done, fail) =>
    child.once('error', fail).once('close', done),
  );
  if (code !== 0) throw new Error(`RUN ${command} ended with ${code}`);
}
