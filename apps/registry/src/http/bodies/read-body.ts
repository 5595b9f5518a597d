import { isUtf8 } from 'node:buffer';
import { ENDPOINT_PROPERTIES, isJsonField, isListField } from '#libs/domain/endpoint.js';
import { JsonFault, JsonReader } from '#libs/json/json-reader.js';
import { MAX_STORED_VALUES, storedJson } from '#libs/json/stored-json.js';

/** What a body is read as. */
export interface BodyRules {
  /** Of a batch: how many endpoints it may have. */
  readonly maxEndpoints: number | undefined;
  readonly maxValues: number;
}

/** The result of reading, in a form that threads can transfer. */
export type ReadBody =
  | { readonly kind: 'body'; readonly body: unknown }
  | { readonly kind: 'not-utf-8' }
  | { readonly kind: 'not-json'; readonly detail: string }
  | { readonly kind: 'fault'; readonly pointer: string; readonly detail: string }
  | { readonly kind: 'too-many-endpoints'; readonly count: number };

const BYTE_ORDER_MARK = '\uFEFF';
const BATCH_PROPERTIES: ReadonlySet<string> = new Set(['app_key', 'environment', 'endpoints']);
const ENDPOINT_NAMES: ReadonlySet<string> = new Set(ENDPOINT_PROPERTIES);

/**
 * Reads a JSON body. Of a batch only what the registry knows is built, and the JSON fields of its endpoints are given
 * as text, whether they came as objects or as strings of JSON.
 */
export function readBody(bytes: Uint8Array, { maxEndpoints, maxValues }: BodyRules): ReadBody {
  if (!isUtf8(bytes)) return { kind: 'not-utf-8' };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const reader = new JsonReader(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text, maxValues);
  try {
    if (maxEndpoints === undefined) {
      const body = reader.value();
      reader.end();
      return { kind: 'body', body };
    }
    const { batch, count } = readBatch(reader, maxEndpoints);
    reader.end();
    return count > maxEndpoints ? { kind: 'too-many-endpoints', count } : { kind: 'body', body: batch };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'not-json', detail: error.message };
    if (!(error instanceof JsonFault)) throw error;
    return { kind: 'fault', pointer: error.pointer, detail: error.detail };
  }
}

/** @returns a batch with no more endpoints than are allowed, and how many there were */
function readBatch(reader: JsonReader, maxEndpoints: number): { batch: unknown; count: number } {
  if (reader.kind !== 'object') return { batch: scalarOf(reader), count: 0 };
  const batch: Record<string, unknown> = {};
  let count = 0;
  reader.object((name) => {
    if (name === 'endpoints' && reader.kind === 'array') {
      const endpoints: unknown[] = [];
      reader.array((index) => {
        if (index < maxEndpoints) endpoints.push(readEndpoint(reader));
        else reader.skip();
        count = index + 1;
      });
      batch.endpoints = endpoints;
    } else if (name === 'definitions') batch.definitions = definitionsOf(reader);
    else if (BATCH_PROPERTIES.has(name)) batch[name] = scalarOf(reader);
    else reader.skip();
  });
  return { batch, count };
}

/** Pairs of name and text, since a name may be one that an object of JavaScript has already. */
function definitionsOf(reader: JsonReader): unknown {
  if (reader.kind !== 'object') {
    const given = scalarOf(reader);
    // A list would pass for pairs.
    return Array.isArray(given) ? false : given;
  }
  const definitions: [string, string][] = [];
  reader.object((name) => {
    definitions.push([name, reader.compact(MAX_STORED_VALUES)]);
  });
  return definitions;
}

function readEndpoint(reader: JsonReader): unknown {
  if (reader.kind !== 'object') return scalarOf(reader);
  const endpoint: Record<string, unknown> = {};
  reader.object((name) => {
    if (isListField(name)) endpoint[name] = listFieldOf(reader);
    else if (isJsonField(name)) endpoint[name] = jsonFieldOf(reader);
    else if (ENDPOINT_NAMES.has(name)) endpoint[name] = scalarOf(reader);
    else reader.skip();
  });
  return endpoint;
}

/** JSON as text; what the field does not take is given as it is. */
function jsonFieldOf(reader: JsonReader): unknown {
  if (reader.kind === 'object') return reader.compact(MAX_STORED_VALUES);
  if (reader.kind !== 'string') return scalarOf(reader);
  const given = reader.string();
  try {
    return storedJson(given).text;
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    reader.report(`is a string of JSON whose ${error.message}`);
    return null;
  }
}

/** JSON of any kind as text; the field says that it must be a list. */
function listFieldOf(reader: JsonReader): unknown {
  const text = reader.compact(MAX_STORED_VALUES);
  return text === 'null' ? null : text;
}

/** No field of a batch but its endpoints takes a container: what one holds makes no difference. */
function scalarOf(reader: JsonReader): unknown {
  if (reader.kind !== 'object' && reader.kind !== 'array') return reader.value();
  const empty = reader.kind === 'object' ? {} : [];
  reader.skip();
  return empty;
}
