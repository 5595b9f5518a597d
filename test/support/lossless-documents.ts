import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { parse } from 'yaml';
import { readDocument } from '#cli/openapi/read-document.js';
import { definitionName, type Definitions } from '#libs/domain/definition.js';
import type { Endpoint } from '#libs/domain/endpoint.js';
import { parseExactJson } from '#libs/json/exact-json.js';
import { valueAt } from '#libs/openapi/json-reference.js';
import { OpenApiDocument } from '#libs/openapi/openapi-document.js';
import { OpenApiWriter } from '#libs/openapi/openapi-writer.js';
import { METHODS } from '#libs/openapi/operation-members.js';
import { readOperations } from '#libs/openapi/read-operations.js';
import { references } from '#libs/openapi/schema-keywords.js';
import { expect } from './jest.js';

const BASE_DOMAIN = 'api.example.com/base';
const validator = new Validator();

/** What became of the operations of a document. */
export interface ReadDocument {
  readonly endpoints: number;
  readonly skipped: number;
}

/**
 * Reads a document as `import openapi` does: no operation is lost, no reference leads nowhere, and what is exported comes
 * back byte for byte, with shared definitions or without. The exported document is valid.
 */
export async function expectLossless(file: string, sharesDefinitions = false): Promise<ReadDocument> {
  const { document } = await readDocument(file, { allowed: [], headers: {} });
  const { endpoints, definitions, skipped } = readOperations(document, {
    baseDomain: null,
    sharesDefinitions,
  });
  const mistaken = skipped.filter(({ reason }) => reason === 'mistake');
  const lost = (await operationsIn(file)).filter(
    ([method, path]) =>
      ![...endpoints, ...mistaken].some((each) => each.method === method && each.path.endsWith(path)),
  );
  expect(lost).toEqual([]);
  expect(danglingReferences(endpoints, Object.keys(definitions))).toEqual([]);

  const exported = written(endpoints, definitions);
  const again = readOperations(OpenApiDocument.of(parseExactJson(exported)), {
    baseDomain: BASE_DOMAIN,
    sharesDefinitions,
  });
  expect(inOrder(again.endpoints)).toEqual(inOrder(endpoints));
  expect(written(again.endpoints, again.definitions)).toBe(exported);
  expect(await validator.validate(JSON.parse(exported) as Record<string, unknown>)).toEqual({ valid: true });
  return { endpoints: endpoints.length, skipped: skipped.length };
}

/** Method and path of every operation of a file, whatever its version. */
async function operationsIn(file: string): Promise<[method: string, path: string][]> {
  const text = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  const { paths } = (file.endsWith('.json') ? JSON.parse(text) : parse(text)) as {
    paths: Record<string, object>;
  };
  return Object.entries(paths)
    .filter(([path]) => !path.startsWith('x-'))
    .flatMap(([path, item]) =>
      METHODS.filter((method) => method in item).map((method): [string, string] => [
        method.toUpperCase(),
        path.startsWith('/') ? path : `/${path}`,
      ]),
    );
}

function inOrder(endpoints: readonly Endpoint[]): Endpoint[] {
  const key = ({ path, method }: Endpoint): string => `${path} ${method}`;
  return [...endpoints].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** The document as the registry writes it. */
function written(endpoints: readonly Endpoint[], definitions: Definitions): string {
  const writer = new OpenApiWriter(
    { title: 'An API', description: null, version: 'production', baseDomain: BASE_DOMAIN },
    // As the registry keeps them: by name.
    Object.fromEntries(Object.entries(definitions).sort(([one], [other]) => (one < other ? -1 : 1))),
  );
  for (const endpoint of inOrder(endpoints)) writer.add(endpoint);
  return writer.finished().join('');
}

/** References of schemas that lead neither into themselves nor to a shared definition. */
function danglingReferences(endpoints: readonly Endpoint[], shared: readonly string[]): string[] {
  return endpoints.flatMap(({ pathParams, queryParams, requestBody, responseBody }) =>
    [pathParams, queryParams, requestBody, responseBody].flatMap((schema) =>
      references(schema).filter(
        (reference) =>
          valueAt(schema, reference) === undefined && !shared.includes(definitionName(reference) ?? ''),
      ),
    ),
  );
}
