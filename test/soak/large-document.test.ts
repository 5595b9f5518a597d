import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { CommandLine } from '../support/command-line.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { ADMIN_KEY, AS_ADMIN } from '../support/secrets.js';
import { type SpawnedService, spawnService } from '../support/spawned-service.js';

const OPERATIONS = 404;
const SCHEMAS = 900;
/** No schema refers to the first one: operations have it in its place. */
const DEFINITIONS = SCHEMAS - 1;
const FIELDS = 44;
/** The schemas that operations refer to: each reaches some hundred others. */
const ROOTS = 40;
/** Expanded, the document would take many times as much. */
const MOST_MEBIBYTES = 400;

describe('a document of 4 MB whose schemas refer to each other', () => {
  let service: SpawnedService;
  let folder: string;
  let file: string;
  let cli: CommandLine;

  beforeAll(async () => {
    service = await spawnService();
    folder = await mkdtemp(join(tmpdir(), 'registry-large-document-'));
    file = join(folder, 'large.json');
    await writeFile(file, JSON.stringify(largeDocument()));
    const asAdmin = { MCP_REGISTRY_URL: service.url, MCP_REGISTRY_ADMIN_KEY: ADMIN_KEY };
    const operator = new CommandLine({ cwd: folder, env: asAdmin, ownProcess: true });
    await operator.json('apps create large --name Large');
    const { apiKey } = await operator.json<{ apiKey: string }>('keys issue large production --name ci');
    cli = operator.with({ env: { MCP_REGISTRY_APP_KEY: 'large', MCP_REGISTRY_API_KEY: apiKey } });
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await service.stop();
  });

  it('registers under the default limits', async () => {
    expect((await readFile(file)).length).toBeGreaterThan(3_900_000);
    expect(await cli.json('import openapi --yes', file)).toMatchObject({
      added: OPERATIONS,
      definitions: { added: DEFINITIONS },
    });
  });

  it('is answered whole, with schemas that stand on their own, within bounded memory', async () => {
    const response = await fetch(`${service.url}/endpoints?app_key=large`, {
      headers: { ...AS_ADMIN, 'Accept-Encoding': 'identity' },
    });
    expect(response.status).toBe(200);
    let bytes = 0;
    for await (const chunk of response.body ?? []) bytes += (chunk as Uint8Array).length;
    expect(bytes).toBeGreaterThan(80_000_000);
    const [, kibibytes] =
      /^VmHWM:\s+(\d+)/m.exec(await readFile(`/proc/${service.pid}/status`, 'utf8')) ?? [];
    expect(Number(kibibytes) / 1024).toBeLessThan(MOST_MEBIBYTES);
  });

  it('is exported as a valid document, which changes nothing when it is imported again', async () => {
    const exported = join(folder, 'exported.json');
    await cli.run('export openapi large production --output', exported);
    const document = JSON.parse(await readFile(exported, 'utf8')) as Record<string, unknown>;
    expect(await new Validator().validate(document)).toEqual({ valid: true });
    expect(await cli.json('import openapi --yes', exported)).toMatchObject({
      unchanged: OPERATIONS,
      definitions: { added: 0, updated: 0, deleted: 0, unchanged: DEFINITIONS },
    });
  });
});

/** A tree of schemas, whose first one reaches all others. */
function largeDocument(): object {
  const reference = (index: number): object => ({ $ref: `#/components/schemas/Schema${index % SCHEMAS}` });
  const schema = (index: number): object => ({
    type: 'object',
    properties: {
      ...Object.fromEntries(
        Array.from({ length: FIELDS }, (_, field) => [
          `field${field}`,
          {
            type: 'string',
            description: `What field ${field} of schema ${index} holds, in a few more words`,
          },
        ]),
      ),
      ...(2 * index + 1 < SCHEMAS && { left: reference(2 * index + 1) }),
      ...(2 * index + 2 < SCHEMAS && { right: reference(2 * index + 2) }),
    },
  });
  const content = (index: number): object => ({ 'application/json': { schema: reference(index) } });
  return {
    openapi: '3.1.0',
    info: { title: 'Large', version: '1' },
    paths: Object.fromEntries(
      Array.from({ length: OPERATIONS }, (_, index) => [
        `/operations/${index}`,
        {
          post: {
            summary: `Operation ${index}`,
            requestBody: { content: content(index % ROOTS) },
            responses: { 200: { description: 'Done', content: content((index + 1) % ROOTS) } },
          },
        },
      ]),
    ),
    components: {
      schemas: Object.fromEntries(
        Array.from({ length: SCHEMAS }, (_, index) => [`Schema${index}`, schema(index)]),
      ),
    },
  };
}
