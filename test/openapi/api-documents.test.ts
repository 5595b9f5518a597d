import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '../support/jest.js';
import { Validator } from '@seriousme/openapi-schema-validator';
import { parse } from 'yaml';
import { readDocument } from '#cli/openapi/read-document.js';
import { type Endpoint, METHODS } from '#libs/openapi/endpoint.js';
import { endpointsOf } from '#libs/openapi/endpoints-of.js';
import { OpenApiDocument } from '#libs/openapi/openapi-document.js';
import { OpenApiWriter } from '#libs/openapi/openapi-writer.js';
import { firstServer } from '#libs/openapi/server-url.js';
import { API_DOCUMENTS } from '../support/api-documents.js';

const BASE_DOMAIN = 'api.example.com/base';
const validator = new Validator();

describe.each(Object.entries(API_DOCUMENTS))('%s', (_, file) => {
  it('loses no operation, and comes back as it was from a valid document', async () => {
    const { document } = await readDocument(file, []);
    const endpoints = endpointsOf(document, { baseDomain: null });
    const prefix = firstServer(document.root.servers).path;
    expect(endpoints.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      (await operationsIn(file)).map(([method, path]) => `${method} ${prefix}${path}`).sort(),
    );
    expect(danglingReferences(endpoints)).toEqual([]);

    const exported = written(endpoints);
    const again = endpointsOf(OpenApiDocument.of(JSON.parse(exported)), { baseDomain: BASE_DOMAIN });
    expect(inOrder(again)).toEqual(inOrder(endpoints));
    expect(written(again)).toBe(exported);
    expect(await validator.validate(JSON.parse(exported) as Record<string, unknown>)).toEqual({
      valid: true,
    });
  });
});

/** Method and path of every operation of a file, whatever its version. */
async function operationsIn(file: string): Promise<[method: string, path: string][]> {
  const text = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  const { paths } = (file.endsWith('.json') ? JSON.parse(text) : parse(text)) as {
    paths: Record<string, object>;
  };
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method): [string, string] => [
      method.toUpperCase(),
      path,
    ]),
  );
}

function inOrder(endpoints: readonly Endpoint[]): Endpoint[] {
  const key = ({ path, method }: Endpoint): string => `${path} ${method}`;
  return [...endpoints].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** The document as the registry writes it. */
function written(endpoints: readonly Endpoint[]): string {
  const writer = new OpenApiWriter({
    title: 'An API',
    description: null,
    version: 'production',
    baseDomain: BASE_DOMAIN,
  });
  for (const endpoint of inOrder(endpoints)) writer.add(endpoint);
  return writer.finished().join('');
}

/** References of schemas to definitions they do not have. */
function danglingReferences(endpoints: readonly Endpoint[]): string[] {
  return endpoints.flatMap(({ pathParams, queryParams, requestBody, responseBody }) =>
    [pathParams, queryParams, requestBody, responseBody].flatMap((schema) => {
      const definitions = Object.keys((schema as { $defs?: object } | null)?.$defs ?? {});
      return referencesIn(schema).filter((each) => !definitions.includes(decodeURIComponent(each)));
    }),
  );
}

/** The names behind `#/$defs/` of every reference anywhere in a value. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === '$ref' && typeof each === 'string' ? [each.replace('#/$defs/', '')] : referencesIn(each),
  );
}
