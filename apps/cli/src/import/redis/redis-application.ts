import { createHash } from 'node:crypto';
import { NestedTooDeep, parseBoundedJson } from '#libs/json/bounded-json.js';
import { jsonTextOf } from '#libs/json/exact-json.js';
import { isObject, type JsonObject } from '#libs/openapi/json-object.js';
import { isStorableText } from '#libs/validation/storable-text.js';
import type { ImportRemark } from '#registry/imports/record-list.js';
import type { SourceApplication, SourceRecord } from '#registry/imports/source-record.js';
import { endpointSecurity, omittedSecurity } from './endpoint-security.js';
import { NOT_UTF_8, type RedisEndpoints, type RedisRecord } from './redis-source.js';

const MAX_NAME_LENGTH = 255;
const HASH_LENGTH = 8;

const NO_OBJECT = 'is not a JSON object';

type Fields = JsonObject;

/** The fields that are read. */
const APPLICATION_FIELDS = [
  'app_key',
  'app_description',
  'app_healthcheck_endpoint',
  'base_domain',
  'security',
  'status',
];
const ENDPOINT_FIELDS = [
  'app_key',
  'endpoint_uri',
  'endpoint_description',
  'method',
  'path_params',
  'query_params',
  'request_body',
  'parameter_details',
  'security',
];

export interface ReadApplication {
  /** Undefined when the record is invalid. */
  readonly application: SourceApplication | undefined;
  readonly problems: readonly ImportRemark[];
  /** Endpoints that are invalid. */
  readonly skippedEndpoints: number;
  /** Whether the last health check there failed: each version writes it as the status. */
  readonly isDisabled: boolean;
  /** Fields that are not imported, a name for each record that has one. */
  readonly omitted: readonly string[];
}

/** The application of a record of the older registry and its list of endpoints. */
export function applicationFrom(
  record: RedisRecord,
  endpoints: RedisEndpoints,
  environment: string,
): ReadApplication {
  const problems: ImportRemark[] = [];
  const fields = fieldsOf(record, problems);
  if (fields === undefined) {
    return {
      application: undefined,
      problems,
      skippedEndpoints: endpoints.texts.length,
      isDisabled: false,
      omitted: [],
    };
  }
  if (endpoints.problem !== undefined) problems.push({ record: endpoints.key, detail: endpoints.problem });
  const parsed = endpoints.texts.map((text) => (text === undefined ? NOT_UTF_8 : objectIn(text)));
  const read = parsed.map((endpoint, index) =>
    endpointFrom({ record: `${endpoints.key}[${index}]`, parsed: endpoint }, fields, record.appKey),
  );
  const usable = read.flatMap((each) => ('fields' in each ? [each] : []));
  problems.push(...read.flatMap((each) => ('detail' in each ? [each] : [])));
  const application: SourceApplication = {
    record: record.key,
    appKey: record.appKey,
    isNamedAfterKey: true,
    fields: {
      appKey: record.appKey,
      name: record.appKey,
      description: textOrNull(fields.app_description),
      healthCheckUrl: textOrNull(fields.app_healthcheck_endpoint),
    },
    environments: [
      {
        record: record.key,
        fields: { name: environment, baseDomain: textOrNull(fields.base_domain) },
        endpoints: usable,
        isPartial: usable.length < endpoints.texts.length || endpoints.problem !== undefined,
        apiKeys: [],
      },
    ],
  };
  return {
    application,
    problems,
    skippedEndpoints: endpoints.texts.length - usable.length,
    isDisabled: fields.status === 'disabled',
    omitted: [
      ...unknownFields(fields, APPLICATION_FIELDS, 'application'),
      ...omittedSecurity(fields.security),
      ...parsed.flatMap((endpoint) => (isObject(endpoint) ? omittedOfEndpoint(endpoint) : [])),
    ],
  };
}

function omittedOfEndpoint(fields: Fields): string[] {
  return [...unknownFields(fields, ENDPOINT_FIELDS, 'endpoint'), ...omittedSecurity(fields.security)];
}

function unknownFields(fields: Fields, known: readonly string[], kind: string): string[] {
  return Object.keys(fields)
    .filter((name) => !known.includes(name))
    .map((name) => `${kind} ${name}`);
}

function fieldsOf({ key, appKey, text, problem }: RedisRecord, problems: ImportRemark[]): Fields | undefined {
  const fields = text === undefined ? NO_OBJECT : objectIn(text);
  const mistake = problem ?? (isObject(fields) ? mistakeIn(fields, appKey) : fields);
  if (mistake === undefined && isObject(fields)) return fields;
  problems.push({ record: key, detail: mistake ?? NO_OBJECT });
  return undefined;
}

function mistakeIn(fields: Fields, appKey: string): string | undefined {
  // PostgreSQL text cannot hold it.
  if (!isStorableText(appKey)) return 'has an app key that holds U+0000';
  if ('app_key' in fields && fields.app_key !== appKey) {
    return `has another app_key: ${jsonTextOf(fields.app_key)}`;
  }
  return (fields.status ?? 'enabled') !== 'enabled' && fields.status !== 'disabled'
    ? `has the status ${jsonTextOf(fields.status)}, which is neither "enabled" nor "disabled"`
    : undefined;
}

/** @param parsed its fields, or what is wrong with it */
function endpointFrom(
  { record, parsed: fields }: { record: string; parsed: Fields | string },
  application: Fields,
  appKey: string,
): SourceRecord | ImportRemark {
  if (!isObject(fields)) return { record, detail: fields };
  if ('app_key' in fields && fields.app_key !== appKey) {
    return { record, detail: `has another app_key: ${jsonTextOf(fields.app_key)}` };
  }
  const method = textOrNull(fields.method) ?? 'GET';
  const path = rooted(fields.endpoint_uri);
  const { pathParams, queryParams } = parametersOf(fields);
  return {
    record,
    fields: {
      name: nameOf(method, path),
      path,
      method: typeof method === 'string' ? method.trim() : method,
      description: textOrNull(fields.endpoint_description),
      pathParams: asText(pathParams),
      queryParams: asText(queryParams),
      requestBody: asText(schemaIn(fields.request_body)),
      ...endpointSecurity('security' in fields ? fields.security : application.security),
    },
  };
}

/** Method and path, which are unique in an application; a name that would be too long ends in a hash. */
function nameOf(method: unknown, path: unknown): string {
  const name = `${String(method).trim().toUpperCase()} ${String(path)}`;
  if (name.length <= MAX_NAME_LENGTH) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);
  return `${name.slice(0, MAX_NAME_LENGTH - HASH_LENGTH - 1).toWellFormed()}~${hash}`;
}

/** Adds the leading slash that some clients left out. */
function rooted(uri: unknown): unknown {
  if (typeof uri !== 'string') return uri;
  const path = uri.trim();
  return path === '' || path.startsWith('/') || path.includes('://') ? path : `/${path}`;
}

/**
 * The parameters by location. Before there were two fields for them, `parameter_details` held all: those that the
 * path names are path parameters.
 */
function parametersOf(fields: Fields): { pathParams: unknown; queryParams: unknown } {
  const [pathParams, queryParams] = [schemaIn(fields.path_params), schemaIn(fields.query_params)];
  const details = schemaIn(fields.parameter_details);
  if (pathParams !== null || queryParams !== null || !isObject(details)) {
    return { pathParams, queryParams: queryParams ?? (typeof details === 'string' ? details : null) };
  }
  const uri = String(fields.endpoint_uri);
  const entries = Object.entries(details);
  const isInPath = ([name]: [string, unknown]): boolean => uri.includes(`{${name}}`);
  return {
    pathParams: objectOrNull(entries.filter(isInPath)),
    queryParams: objectOrNull(entries.filter((entry) => !isInPath(entry))),
  };
}

function objectOrNull(entries: readonly [string, unknown][]): object | null {
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

/** A schema given as an object, as JSON in a string, or as words; null when it is empty. */
function schemaIn(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') {
    const text = value.trim();
    return text === '' || text === '{}' || text === 'null' ? null : text;
  }
  return typeof value === 'object' && Object.keys(value).length === 0 ? null : value;
}

/** An object or a list as its JSON text, which the registry reads digit for digit. */
function asText(schema: unknown): unknown {
  return isObject(schema) || Array.isArray(schema) ? jsonTextOf(schema) : schema;
}

function textOrNull(value: unknown): unknown {
  return value === undefined || (typeof value === 'string' && value.trim() === '') ? null : value;
}

/** Parses a text as a JSON object, or says what is wrong with it. */
function objectIn(text: string): Fields | string {
  try {
    const value = parseBoundedJson(text);
    return isObject(value) ? value : NO_OBJECT;
  } catch (error) {
    return error instanceof NestedTooDeep ? error.fault : NO_OBJECT;
  }
}
