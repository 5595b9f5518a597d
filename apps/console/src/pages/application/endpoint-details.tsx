import { exampleOf, objectOf, type Schema } from '../../api/json-schema.js';
import type { components } from '../../api/schema.js';
import { Copy, quoted } from '../../ui/copy.js';
import { SchemaTree } from '../../ui/schema-tree.js';

export type EndpointAnswer = components['schemas']['EndpointResponse'];

interface DetailsProps {
  readonly endpoint: EndpointAnswer;
  readonly definitions: Schema;
  readonly baseDomain: string | null;
}

const PARTS = [
  ['pathParams', 'Path parameters'],
  ['queryParams', 'Query parameters'],
  ['headerParams', 'Header parameters'],
  ['cookieParams', 'Cookies'],
  ['requestBody', 'Request body'],
  ['responseBody', 'Response body'],
] as const;

/** What an endpoint takes and answers, and a request that is ready to run. */
export function EndpointDetails({ endpoint, definitions, baseDomain }: DetailsProps) {
  const { description, operationId, tags, authType } = endpoint;
  return (
    <div class="details">
      {description !== null && <p>{description}</p>}
      <p class="muted">
        {[
          operationId,
          authType === null ? 'no authentication' : `authentication ${authType}`,
          Array.isArray(tags) && tags.length > 0 ? `tags ${tags.join(', ')}` : null,
        ]
          .filter((part) => part !== null)
          .join(' · ')}
      </p>
      {PARTS.map(([field, title]) => {
        const schema = objectOf(endpoint[field]);
        return (
          schema && (
            <section key={field}>
              <h3>{title}</h3>
              <SchemaTree schema={schema} definitions={{ ...definitions, ...ownDefinitions(schema) }} />
            </section>
          )
        );
      })}
      <h3>Request</h3>
      <Copy text={curlOf(endpoint, definitions, baseDomain)} />
    </div>
  );
}

function ownDefinitions(schema: Schema): Schema {
  return { ...objectOf(schema.definitions), ...objectOf(schema.$defs) };
}

function curlOf(endpoint: EndpointAnswer, definitions: Schema, baseDomain: string | null): string {
  const base = endpoint.baseUrl ?? baseDomain ?? 'example.com';
  const origin = /^https?:/.test(base) ? base : `https://${base}`;
  const body = objectOf(endpoint.requestBody);
  const parts = [
    'curl',
    '-X',
    endpoint.method,
    withVariables(`${origin.replace(/\/$/, '')}${endpoint.path}`),
  ];
  if (endpoint.authType !== null) parts.push('-H', '"Authorization: $AUTHORIZATION"');
  if (body !== undefined) {
    const example = JSON.stringify(exampleOf(body, { ...definitions, ...ownDefinitions(body) }));
    parts.push('-H', quoted(`Content-Type: ${endpoint.contentType ?? 'application/json'}`));
    parts.push('-d', quoted(example));
  }
  return parts.join(' ');
}

/** Parameters as variables of the shell. The rest is quoted: an application has chosen it, and an operator may run it. */
function withVariables(url: string): string {
  return url
    .split(/\{([^}]+)\}/)
    .map((part, index) => {
      if (index % 2 === 1) return `"$${part.replaceAll(/\W/g, '_')}"`;
      return part === '' ? '' : quoted(part);
    })
    .join('');
}
