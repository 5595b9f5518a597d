import type { JsonObject } from './json-object.js';

/** The types of JSON Schema. */
export const JSON_TYPES: readonly string[] = [
  'object',
  'array',
  'string',
  'number',
  'integer',
  'boolean',
  'null',
];

const STRING = { type: 'string' };
const INTEGER = { type: 'integer' };
const NUMBER = { type: 'number' };
const DATE_TIME = { type: 'string', format: 'date-time' };

/** Types of Java, Kotlin, Python and SQL in lower case, without package and length. */
const TYPES: Readonly<Record<string, JsonObject>> = {
  string: STRING,
  str: STRING,
  char: STRING,
  character: STRING,
  charsequence: STRING,
  text: STRING,
  varchar: STRING,
  nvarchar: STRING,
  enum: STRING,
  uuid: { type: 'string', format: 'uuid' },
  uri: { type: 'string', format: 'uri' },
  url: { type: 'string', format: 'uri' },
  date: { type: 'string', format: 'date' },
  localdate: { type: 'string', format: 'date' },
  time: { type: 'string', format: 'time' },
  localtime: { type: 'string', format: 'time' },
  datetime: DATE_TIME,
  localdatetime: DATE_TIME,
  offsetdatetime: DATE_TIME,
  zoneddatetime: DATE_TIME,
  instant: DATE_TIME,
  timestamp: DATE_TIME,
  timestamptz: DATE_TIME,
  file: { type: 'string', format: 'binary' },
  multipartfile: { type: 'string', format: 'binary' },
  binary: { type: 'string', format: 'binary' },
  blob: { type: 'string', format: 'binary' },
  int: INTEGER,
  integer: INTEGER,
  short: INTEGER,
  byte: INTEGER,
  smallint: INTEGER,
  serial: INTEGER,
  biginteger: INTEGER,
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  long: { type: 'integer', format: 'int64' },
  bigint: { type: 'integer', format: 'int64' },
  number: NUMBER,
  float: NUMBER,
  double: NUMBER,
  decimal: NUMBER,
  bigdecimal: NUMBER,
  numeric: NUMBER,
  real: NUMBER,
  bool: { type: 'boolean' },
  boolean: { type: 'boolean' },
  object: { type: 'object' },
  dict: { type: 'object' },
  map: { type: 'object' },
  hashmap: { type: 'object' },
  json: { type: 'object' },
  array: { type: 'array' },
  list: { type: 'array' },
  set: { type: 'array' },
  collection: { type: 'array' },
  any: {},
};

/** Whether a value is a type of JSON Schema. */
export function isJsonType(name: unknown): name is string {
  return typeof name === 'string' && JSON_TYPES.includes(name);
}

/** The schema of a type by its name, in any language that clients use; `undefined`: not known. */
export function typeNamed(name: unknown): JsonObject | undefined {
  if (isJsonType(name)) return { type: name };
  if (typeof name !== 'string') return undefined;
  const text = name.trim();
  const listed = /^(.+)\[\]$/.exec(text) ?? /^(?:[\w.]*\.)?(?:list|set|collection)<(.+)>$/i.exec(text);
  if (listed !== null) {
    const items = typeNamed(listed[1]);
    return { type: 'array', ...(items !== undefined && { items }) };
  }
  const [, base = ''] = /^(?:[\w.]*\.)?(\w+)(?:\([\d, ]*\)|<.*>)?$/.exec(text) ?? [];
  const key = base.toLowerCase();
  return Object.hasOwn(TYPES, key) ? TYPES[key] : undefined;
}
