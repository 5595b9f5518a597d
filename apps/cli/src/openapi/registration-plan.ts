import diff from 'microdiff';
import type { Endpoint, EndpointField } from '#libs/domain/endpoint.js';
import { isExactNumber, jsonTextOf } from '#libs/json/exact-json.js';
import { isObject, type JsonObject, mapValues } from '#libs/openapi/json-object.js';
import type { OperationWarning } from '#libs/openapi/read-operations.js';
import type { RegistrationWarning } from '../registry/shapes.js';

/** The registry's answer to a batch; `changes` only comes with a dry run. */
export interface Registration {
  readonly added: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly message: string;
  readonly changes?: readonly RegisteredChange[];
  readonly definitions?: Readonly<Record<'added' | 'updated' | 'deleted' | 'unchanged', number>>;
  readonly definitionChanges?: readonly { readonly change: string; readonly name: string }[];
  readonly warnings?: readonly RegistrationWarning[];
}

interface RegisteredChange {
  readonly change: 'added' | 'updated' | 'deleted';
  readonly method: string;
  readonly path: string;
  readonly fields?: readonly EndpointField[];
}

/** The change of one endpoint. */
export interface PlannedChange extends Omit<RegisteredChange, 'fields'> {
  /** For `updated`: the fields that differ. */
  readonly fields?: readonly {
    readonly field: EndpointField;
    readonly old: unknown;
    readonly new: unknown;
  }[];
}

/** The changes of a dry run, with the values before and after. */
export function plannedChanges(
  { changes = [] }: Registration,
  registered: readonly Endpoint[],
  batch: readonly Endpoint[],
): PlannedChange[] {
  const before = new Map(registered.map((endpoint) => [operation(endpoint), endpoint]));
  const after = new Map(batch.map((endpoint) => [operation(endpoint), endpoint]));
  return changes.map(({ fields, ...change }) => ({
    ...change,
    ...(fields !== undefined && {
      fields: fields.map((field) => ({
        field,
        old: before.get(operation(change))?.[field] ?? null,
        new: after.get(operation(change))?.[field] ?? null,
      })),
    }),
  }));
}

/** The counts of shared definitions, if there are any. */
export function definitionLines({ definitions }: Registration): string[] {
  if (definitions === undefined) return [];
  const { added, updated, deleted, unchanged } = definitions;
  return [
    `Shared definitions: ${added} added, ${updated} updated, ${deleted} deleted, ${unchanged} unchanged`,
  ];
}

/** The warnings of the registry, by operation. */
export function operationWarnings(
  { warnings = [] }: Registration,
  batch: readonly Endpoint[],
): OperationWarning[] {
  return warnings.flatMap(({ pointer, detail }) => {
    const [, index = '', field = ''] = /^#\/endpoints\/(\d+)\/?(.*)/.exec(pointer) ?? [];
    const endpoint = batch[Number(index)];
    if (endpoint === undefined) return [];
    const { method, path } = endpoint;
    return [{ method, path, detail: `${field} ${detail}`.trim() }];
  });
}

/** The plan for people: a line for each endpoint and, below it, one for each field that differs. */
export function planLines(changes: readonly PlannedChange[]): string[] {
  return changes.flatMap(({ change, method, path, fields = [] }) => [
    `${change.padEnd(8)} ${method} ${path}`,
    ...fields.map((each) => `           ${each.field}: ${difference(each.old, each.new)}`),
  ]);
}

const MAX_SHOWN = 60;
const MAX_PLACES = 5;

/** Old and new value when both are short, otherwise the parts that differ. */
function difference(old: unknown, now: unknown): string {
  const [before, after] = [jsonTextOf(old), jsonTextOf(now)];
  if (before.length <= MAX_SHOWN && after.length <= MAX_SHOWN) return `${before} → ${after}`;
  if (isObject(old) && isObject(now)) return places(old, now);
  const from = firstDifference(before, after);
  return `${excerpt(before, from)} → ${excerpt(after, from)}`;
}

const VERBS = { CREATE: 'added', REMOVE: 'removed', CHANGE: 'changed' } as const;

function places(old: JsonObject, now: JsonObject): string {
  const all = diff(withScalars(old) as object, withScalars(now) as object, { cyclesFix: false }).map(
    ({ type, path }) => `${path.join('/')} ${VERBS[type]}`,
  );
  const more = all.length > MAX_PLACES ? `, and ${all.length - MAX_PLACES} more` : '';
  return `${all.slice(0, MAX_PLACES).join(', ')}${more}`;
}

/** Replaces each exact number by a symbol, the same for equal numbers: a comparison would take it for an object. */
function withScalars(value: unknown): unknown {
  if (isExactNumber(value)) return Symbol.for(value.value);
  if (Array.isArray(value)) return value.map(withScalars);
  return isObject(value) ? mapValues(value, (_, each) => withScalars(each)) : value;
}

function firstDifference(before: string, after: string): number {
  let index = 0;
  while (index < before.length && before[index] === after[index]) index += 1;
  return index;
}

/** An excerpt around the first difference. */
function excerpt(text: string, from: number): string {
  const begin = from + 20 < MAX_SHOWN ? 0 : from - 20;
  const part = text.slice(begin, begin + MAX_SHOWN).toWellFormed();
  return `${begin > 0 ? '…' : ''}${part}${begin + MAX_SHOWN < text.length ? '…' : ''}`;
}

function operation({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path}`;
}
