import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';

/** How to start a service, on a free port and with its own admin key. */
export interface Start {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** User and group, if the caller may choose them. */
  readonly identity?: { readonly uid: number; readonly gid: number };
}

const ADMIN_KEY = 'admin-key-of-the-smoke-test-0123456789';
const READY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 30_000;
const ENDPOINTS = [
  { name: 'List orders', path: '/orders', method: 'GET' },
  { name: 'Place an order', path: '/orders', method: 'POST', requestBody: { type: 'object' } },
];

/**
 * Starts a service, uses each of its main routes once, and stops it.
 *
 * @param whileRunning further checks, with the environment variables of the service
 * @throws Error when a response or the exit code is not as expected, or the service writes to stderr
 */
export async function smokeTest(
  { command: [program = '', ...parameters], cwd, env, identity }: Start,
  whileRunning: (environment: NodeJS.ProcessEnv) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const port = await getPort({ host: '127.0.0.1' });
  const environment = {
    PATH: process.env.PATH,
    HOST: '127.0.0.1',
    PORT: String(port),
    SECRET_KEY: 'secret-of-the-smoke-test-0123456789',
    REGISTRY_ADMIN_KEY: ADMIN_KEY,
    ...env,
  };
  const service = spawn(program === 'node' ? process.execPath : program, parameters, {
    cwd,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...identity,
  });
  const output = collected(service);
  try {
    await ready(`http://127.0.0.1:${port}`, service);
    await useOnce(`http://127.0.0.1:${port}`);
    await whileRunning(environment);
    service.kill('SIGTERM');
    const [code] = (await once(service, 'close', { signal: AbortSignal.timeout(STOPPED_WITHIN_MS) })) as [
      unknown,
    ];
    expectSame('the exit code', code, 0);
    expectSame('stderr', output.stderr(), '');
  } catch (error) {
    process.stderr.write(output.all());
    throw error;
  } finally {
    service.kill('SIGKILL');
  }
}

async function ready(url: string, service: ChildProcess): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until && service.exitCode === null && service.signalCode === null) {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(100);
  }
  throw new Error('The service did not become ready');
}

async function useOnce(url: string): Promise<void> {
  for (const path of ['/health', '/health/live', '/health/ready', '/openapi.json', '/docs']) {
    expectSame(path, (await fetch(url + path)).status, 200);
  }
  const asAdmin = { 'X-Admin-Key': ADMIN_KEY };
  await post(`${url}/applications`, asAdmin, { name: 'Orders', appKey: 'orders' }, 201);
  const keys = `${url}/applications/orders/environments/production/api-keys`;
  const { apiKey } = (await post(keys, asAdmin, { name: 'smoke test' }, 201)) as { apiKey: string };
  const asApplication = { 'X-App-Key': 'orders', 'X-API-Key': apiKey };
  const batch = { app_key: 'orders', endpoints: ENDPOINTS };
  const registered = (await post(`${url}/register/endpoints`, asApplication, batch, 200)) as {
    added: number;
  };
  expectSame('the endpoints added', registered.added, ENDPOINTS.length);
  const found = await fetch(`${url}/endpoints?app_key=orders`);
  const { endpoints } = (await found.json()) as { endpoints: unknown[] };
  expectSame('the endpoints found', endpoints.length, ENDPOINTS.length);
  const held = { 'If-None-Match': found.headers.get('etag') ?? '' };
  expectSame(
    'the same again',
    (await fetch(`${url}/endpoints?app_key=orders`, { headers: held })).status,
    304,
  );
  expectSame(
    'a wrong key',
    (await fetch(`${url}/applications`, { headers: { 'X-Admin-Key': 'no' } })).status,
    401,
  );
}

async function post(
  url: string,
  headers: Record<string, string>,
  body: object,
  status: number,
): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  expectSame(`POST ${url}`, answer.status, status);
  return answer.json();
}

function expectSame(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${what}: ${String(found)} instead of ${String(expected)}`);
}

function collected({ stdout, stderr }: ChildProcess): { all: () => string; stderr: () => string } {
  let [all, errors] = ['', ''];
  stdout?.setEncoding('utf8').on('data', (text: string) => (all += text));
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    all += text;
    errors += text;
  });
  return { all: () => all, stderr: () => errors };
}
