import type { JsonField } from '#libs/domain/endpoint.js';
import { Slices } from '#libs/event-loop/slices.js';
import { objectOrEmpty } from '#libs/openapi/json-object.js';
import { pointerBelow } from '#libs/openapi/json-reference.js';
import { isBodyMap, isParameterMap } from '#libs/openapi/parameter-map.js';
import { schemaFaults } from '#libs/openapi/schema-faults.js';
import type { InputError } from '#libs/problem-details/domain-error.js';
import type { EndpointDifference } from './endpoints.repository.js';
import { withoutParameterNames } from './path-template.js';
import type { RegisteredEndpoint } from './registered-endpoint.js';
import type { Definition } from './valid-definitions.js';

const MAX_WARNINGS = 100;
/** Shorter descriptions than this tell an agent no more than the name does. */
const USEFUL_DESCRIPTION_LENGTH = 10;
const PARAMETER_FIELDS = ['pathParams', 'queryParams', 'headerParams', 'cookieParams'] as const;
const BODY_FIELDS = ['requestBody', 'responseBody'] as const;

/**
 * What is odd about the changed endpoints of a batch, but harmless: at most 100 warnings, each with the place in the
 * batch. Unchanged endpoints are not checked again, so that the usual registration parses nothing.
 */
export async function registrationWarnings(
  batch: readonly RegisteredEndpoint[],
  definitions: readonly Definition[],
  differences: readonly EndpointDifference[],
): Promise<InputError[]> {
  const changed = new Set(differences.flatMap((each) => (each.kind === 'deleted' ? [] : [each.new])));
  if (changed.size === 0) return [];
  const names = new Set(definitions.map(({ name }) => name));
  const warnings: InputError[] = [];
  const slices = new Slices();
  const firstOf = new Map<string, { readonly path: string; readonly index: number }>();
  for (const [index, endpoint] of batch.entries()) {
    const pause = slices.pause();
    if (pause !== undefined) await pause;
    const place = `#/endpoints/${index}`;
    const { path } = endpoint;
    const key = withoutParameterNames(path);
    const first = firstOf.get(key) ?? { path, index };
    firstOf.set(key, first);
    if (!changed.has(endpoint) || warnings.length >= MAX_WARNINGS) continue;
    if (first.path !== path) {
      warnings.push({
        pointer: `${place}/path`,
        detail: `is equivalent to ${first.path} of #/endpoints/${first.index}`,
      });
    }
    warnings.push(...endpointWarnings(endpoint, place, names));
  }
  return warnings.slice(0, MAX_WARNINGS);
}

function endpointWarnings(
  endpoint: RegisteredEndpoint,
  place: string,
  names: ReadonlySet<string>,
): InputError[] {
  const { description } = endpoint;
  const length = description?.trim().length ?? 0;
  const isTooShort = length > 0 && length < USEFUL_DESCRIPTION_LENGTH;
  return [
    ...(isTooShort
      ? [
          {
            pointer: `${place}/description`,
            detail: 'is too short: agents choose an operation by its description',
          },
        ]
      : []),
    ...PARAMETER_FIELDS.flatMap((field) => {
      const schema = valueOf(endpoint, field);
      return [
        ...(isParameterMap(schema) ? [] : schemaWarnings(schema, `${place}/${field}`, names)),
        ...(field === 'pathParams' ? unknownPathParameters(endpoint.path, schema, `${place}/${field}`) : []),
      ];
    }),
    ...BODY_FIELDS.flatMap((field) => {
      const schema = valueOf(endpoint, field);
      return isBodyMap(schema) ? [] : schemaWarnings(schema, `${place}/${field}`, names);
    }),
  ];
}

/** Words are no schema. Maps of names are read as what they mean, and not checked. */
function schemaWarnings(schema: unknown, place: string, names: ReadonlySet<string>): InputError[] {
  if (schema === null || typeof schema === 'string') return [];
  return schemaFaults(schema, names, MAX_WARNINGS).map(({ pointer, detail }) => ({
    pointer: `${place}${pointer}`,
    detail,
  }));
}

function unknownPathParameters(path: string, schema: unknown, place: string): InputError[] {
  const isMap = isParameterMap(schema);
  const given = isMap ? schema : objectOrEmpty(objectOrEmpty(schema).properties);
  return Object.keys(given)
    .filter((name) => !path.includes(`{${name}}`))
    .map((name) => ({
      pointer: pointerBelow(isMap ? place : `${place}/properties`, name),
      detail: `is not a parameter of the path ${path}`,
    }));
}

/** Numbers may lose digits, which no warning is about. */
function valueOf(endpoint: RegisteredEndpoint, field: JsonField): unknown {
  const json = endpoint[field];
  return json === null ? null : JSON.parse(json.text);
}
