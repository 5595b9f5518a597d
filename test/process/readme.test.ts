import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import type { ServiceProcess } from '../support/service-process.js';
import { runInOneShell, section, walkthroughSteps, withPlaceholders } from '../support/walkthrough.js';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const page = (file: string): Promise<string> => readFile(join(REPOSITORY, file), 'utf8');
const README_URL = 'http://localhost:8000';

describe('the first pages', () => {
  let sandbox: ProcessSandbox;
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    sandbox = await createProcessSandbox();
    await symlink(join(REPOSITORY, 'examples'), join(sandbox.directory, 'examples'));
    // Without an address, as a reader starts it.
    service = sandbox.start({ HOST: '' });
    url = await service.ready;
  });
  afterAll(() => sandbox.clear());

  it('show the start block that the service prints', async () => {
    const [, shown] = /```text\n(.*?)```/s.exec(section(await page('README.md'), 'Start')) ?? [];
    expect(service.output().trim()).toBe(
      shown
        ?.trim()
        .replaceAll(README_URL, url)
        .replaceAll('/home/you/mcp-registry-server', sandbox.directory),
    );
  });

  it('have a walkthrough that works word for word', async () => {
    const steps = walkthroughSteps(
      section(await page('docs/walkthrough.md'), 'Applications, endpoints, audit trail, health'),
    );
    const results = await runInOneShell(
      steps.map(({ command }) => command.replaceAll(README_URL, url)),
      sandbox.directory,
    );
    expect(results.map(({ code }) => code)).toEqual(steps.map(() => 0));
    const told = (outputs: readonly string[]): string[] => withPlaceholders(outputs.join('\0')).split('\0');
    expect(told(results.map(({ output }) => output))).toEqual(told(steps.map(({ output }) => output)));
    expect(steps.length).toBeGreaterThan(12);
  });

  it('list exactly the routes there are', async () => {
    const response = await fetch(`${url}/openapi.json`);
    const { paths } = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
    const routes = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(listedRoutes(section(await page('docs/http-api.md'), 'Routes')).sort()).toEqual(
      [...routes, 'GET /console', 'GET /docs', 'GET /openapi.json'].sort(),
    );
  });
});

/** The routes in a table's first column, where "`GET`, `POST /x`" stands for two. */
function listedRoutes(table: string): string[] {
  const cells = [...table.matchAll(/^\| (`.*?`) +\|/gm)].map(([, cell = '']) => cell);
  return cells.flatMap((cell) => {
    const spans = [...cell.matchAll(/`(\S+)(?: (\/[^`?]*)[^`]*)?`/g)];
    return spans.map(([, method, path], index) => {
      const shared = spans.slice(index).find(([, , later]) => later !== undefined)?.[2];
      return `${method} ${path ?? shared}`;
    });
  });
}
