import { execFile } from 'node:child_process';
import { chown, cp, mkdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Copy, Stage } from './dockerfile.js';

/**
 * Executes the steps of a Dockerfile without Docker, on this machine's Node. Each stage has its own folder as the root of
 * its file system; independent stages run concurrently. A command finds its own paths only below its `WORKDIR`.
 *
 * @param context the folder that Docker would receive as build context
 * @param root a folder for the stages
 * @returns the folder of the last stage
 */
export async function buildStages(stages: readonly Stage[], context: string, root: string): Promise<string> {
  const sent = await sentFiles(context);
  const built = new Map<string, Promise<string>>();
  for (const stage of stages) {
    built.set(stage.name, buildStage(stage, join(root, stage.name), context, sent, new Map(built)));
  }
  const folders = await Promise.all(built.values());
  return folders.at(-1) ?? root;
}

async function buildStage(
  { steps }: Stage,
  folder: string,
  context: string,
  sent: readonly string[],
  earlier: ReadonlyMap<string, Promise<string>>,
): Promise<string> {
  let workdir = '/';
  for (const step of steps) {
    if (step.kind === 'workdir') {
      workdir = resolve(workdir, step.path);
      await mkdir(join(folder, workdir), { recursive: true });
    } else if (step.kind === 'run') {
      await run(step.command, join(folder, workdir));
    } else {
      const target = join(folder, resolve(workdir, step.target));
      if (step.from === undefined) await copySent(step, context, sent, target);
      else await copyBuilt(step, (await earlier.get(step.from)) ?? '', target);
    }
  }
  return folder;
}

/** The files that .dockerignore includes; it must exclude everything and then name the needed files. */
async function sentFiles(context: string): Promise<string[]> {
  const [all, ...rest] = (await readFile(join(context, '.dockerignore'), 'utf8')).trim().split('\n');
  if (all !== '*' || !rest.every((line) => /^![\w./-]+$/.test(line))) {
    throw new Error('.dockerignore must be *, and after it only lines that begin with !');
  }
  return rest.map((line) => line.slice(1));
}

async function copySent(
  { sources }: Copy,
  context: string,
  sent: readonly string[],
  target: string,
): Promise<void> {
  for (const source of sources) {
    const names = source === '.' ? sent : sent.filter((name) => name === source);
    if (names.length === 0) throw new Error(`.dockerignore excludes ${source} from the image`);
    for (const name of names) await cp(join(context, name), join(target, name), { recursive: true });
  }
}

/** Copies to the target path, or into that folder when the target ends with a slash. */
async function copyBuilt(
  { sources, owner, target: given }: Copy,
  stage: string,
  target: string,
): Promise<void> {
  for (const source of sources) {
    const to = given.endsWith('/') ? join(target, basename(source)) : target;
    // Hard links are a quarter of the work of copies.
    await mkdir(dirname(to), { recursive: true });
    await promisify(execFile)('cp', ['-RPl', join(stage, source), to]);
    if (owner !== undefined && process.getuid?.() === 0) {
      const [user = '', group = user] = owner.split(':');
      await chown(to, Number(user), Number(group));
    }
  }
}

async function run(command: string, cwd: string): Promise<void> {
  process.stdout.write(`RUN ${command}\n`);
  const env = { ...process.env, npm_config_prefer_offline: 'true', npm_config_audit: 'false' };
  await promisify(execFile)('/bin/sh', ['-c', command], { cwd, env, maxBuffer: Infinity });
}
