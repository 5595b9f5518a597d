import { Injectable } from '@nestjs/common';
import { jsonList, listsOf, unnested } from '#libs/database/column-lists.js';
import { Database } from '#libs/database/database.js';
import { newId } from '#libs/database/new-id.js';
import { inSlices, mapInSlices } from '#libs/event-loop/slices.js';
import { JsonText } from '#libs/json/json-text.js';
import { JSON_FIELDS, type JsonField } from '#libs/openapi/endpoint.js';
import type { RegisteredEndpoint } from './valid-endpoints.js';

type StoredEndpoint = RegisteredEndpoint & { readonly id: string };

/** One difference between what is stored and a batch. */
export type EndpointDifference =
  | { readonly kind: 'added'; readonly new: RegisteredEndpoint }
  | {
      readonly kind: 'updated';
      readonly old: StoredEndpoint;
      readonly new: RegisteredEndpoint;
      readonly fields: string[];
    }
  | { readonly kind: 'deleted'; readonly old: StoredEndpoint };

/** The fields of an endpoint that can differ; method and path identify it. */
const PLAIN_FIELDS = ['name', 'description', 'isPublic', 'authType', 'contentType'] as const;
const FIELDS = [...PLAIN_FIELDS, ...JSON_FIELDS];

/** An endpoint as the table holds it: JSON as text. */
type EndpointRow = Omit<StoredEndpoint, JsonField> & Readonly<Record<JsonField, string | null>>;

const SELECT_ALL = `
  SELECT "id", "method", "path", ${PLAIN_FIELDS.map((field) => `"${field}"`).join(', ')},
         ${JSON_FIELDS.map((field) => `"${field}"::text`).join(', ')}
  FROM "Endpoint" WHERE "environmentId" = $1
  ORDER BY "method", "path"`;

/** Of JSON whose texts differ, what differs in meaning: the order of properties makes no difference. */
const SELECT_OTHER_MEANINGS = `
  SELECT "index"::integer
  FROM unnest($1::json[], $2::json[]) WITH ORDINALITY AS pair("old", "new", "index")
  WHERE "old"::jsonb IS DISTINCT FROM "new"::jsonb
  ORDER BY "index"`;

const INPUT = [
  { column: 'id', type: 'text' },
  { column: 'method', type: 'text' },
  { column: 'path', type: 'text' },
  ...PLAIN_FIELDS.map((column) => ({ column, type: column === 'isPublic' ? 'boolean' : 'text' })),
  ...JSON_FIELDS.map((column) => ({ column, type: 'json' })),
  { column: 'createdAt', type: 'timestamptz' },
  { column: 'updatedAt', type: 'timestamptz' },
] as const;
const INPUT_COLUMNS = INPUT.map(({ column }) => `"${column}"`).join(', ');
/** The database's own time where an endpoint brings none along. */
const INPUT_VALUES = INPUT.map(({ column, type }) =>
  type === 'timestamptz' ? `coalesce("${column}", now())` : `"${column}"`,
).join(', ');

const APPLY_DIFFERENCES = `
  WITH new AS MATERIALIZED (
    SELECT * FROM ${unnested(INPUT, 'item', 4)}
  ),
  deleted AS (DELETE FROM "Endpoint" WHERE "id" = ANY($2::text[])),
  updated AS (
    UPDATE "Endpoint" old
    SET ${FIELDS.map((field) => `"${field}" = new."${field}"`).join(', ')},
        "updatedAt" = coalesce(new."updatedAt", now())
    FROM new WHERE old."id" = new."id" AND new."id" = ANY($3::text[])
  )
  INSERT INTO "Endpoint" ("environmentId", ${INPUT_COLUMNS})
  SELECT $1, ${INPUT_VALUES}
  FROM new WHERE "id" <> ALL($3::text[])`;

/** Statements are given so many characters of JSON at a time: the event loop stands still while parameters are made. */
const MAX_STATEMENT_LENGTH = 512 * 1024;

/** An endpoint as it is written. */
type WrittenEndpoint = StoredEndpoint & {
  /** Whether there was none of its method and path. */
  readonly isNew: boolean;
  /** null: now, by the database's clock. */
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
};

/** A field of an endpoint whose JSON, stored and registered, is not the same text. */
interface OtherText {
  readonly endpoint: RegisteredEndpoint;
  readonly field: JsonField;
  readonly old: string | null;
  readonly new: string | null;
}

/** The set-based SQL of registration: a fixed number of statements, whatever the batch's size. */
@Injectable()
export class EndpointsRepository {
  constructor(private readonly database: Database) {}

  /** What is new or differs, in the order of the batch, then what is no longer there. */
  async differences(
    environmentId: string,
    batch: readonly RegisteredEndpoint[],
  ): Promise<EndpointDifference[]> {
    const rows = await this.database.query<EndpointRow>(SELECT_ALL, [environmentId]);
    const remaining = new Map<string, EndpointRow>();
    await inSlices(rows, (row) => remaining.set(operation(row), row));
    const compared = await mapInSlices(batch, (endpoint) => {
      const row = remaining.get(operation(endpoint));
      remaining.delete(operation(endpoint));
      return [{ endpoint, row }];
    });
    const otherJson = await this.otherJson(
      await mapInSlices(compared, ({ endpoint, row }) =>
        row === undefined ? [] : otherTexts(row, endpoint),
      ),
    );
    const changes = await mapInSlices(compared, ({ endpoint, row }): EndpointDifference[] => {
      if (row === undefined) return [{ kind: 'added', new: endpoint }];
      const plain = PLAIN_FIELDS.filter((field) => row[field] !== endpoint[field]);
      const fields = [...plain, ...(otherJson.get(endpoint) ?? [])];
      return fields.length === 0
        ? []
        : [{ kind: 'updated', old: storedEndpoint(row), new: endpoint, fields }];
    });
    const deletions = await mapInSlices(remaining.values(), (row): EndpointDifference[] => [
      { kind: 'deleted', old: storedEndpoint(row) },
    ]);
    return [...changes, ...deletions];
  }

  async apply(environmentId: string, differences: readonly EndpointDifference[]): Promise<void> {
    const deleted = differences.flatMap((each) => (each.kind === 'deleted' ? [each.old.id] : []));
    const taken = await this.takenIds(differences);
    const written = await mapInSlices(differences, (each): WrittenEndpoint[] => {
      if (each.kind === 'deleted') return [];
      const { origin } = each.new;
      const times = { createdAt: origin?.createdAt ?? null, updatedAt: origin?.updatedAt ?? null };
      if (each.kind === 'updated') return [{ ...each.new, id: each.old.id, isNew: false, ...times }];
      const wanted = origin?.id;
      const id = wanted === undefined || taken.has(wanted) ? newId() : wanted;
      return [{ ...each.new, id, isNew: true, ...times }];
    });
    const portions = portionsOf(written, jsonLength);
    for (const [index, portion] of (portions.length === 0 ? [[]] : portions).entries()) {
      await this.database.query(APPLY_DIFFERENCES, [
        environmentId,
        index === 0 ? deleted : [],
        portion.flatMap(({ id, isNew }) => (isNew ? [] : [id])),
        ...listsOf(INPUT, portion),
      ]);
    }
  }

  /** Which of the ids that new endpoints would like to have belong to others, deleted ones among the differences included. */
  private async takenIds(differences: readonly EndpointDifference[]): Promise<ReadonlySet<string>> {
    const wanted = differences.flatMap((each) =>
      each.kind === 'added' && each.new.origin?.id !== undefined ? [each.new.origin.id] : [],
    );
    if (wanted.length === 0) return new Set();
    const rows = await this.database.query<{ id: string }>(
      `SELECT "id" FROM "Endpoint" WHERE "id" = ANY($1::text[])`,
      [wanted],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Asks PostgreSQL, which alone knows what all the JSON it holds means: to JavaScript large numbers are the same. */
  private async otherJson(
    candidates: readonly OtherText[],
  ): Promise<ReadonlyMap<RegisteredEndpoint, JsonField[]>> {
    const fields = new Map<RegisteredEndpoint, JsonField[]>();
    for (const portion of portionsOf(candidates, (each) => lengthOf(each.old) + lengthOf(each.new))) {
      const rows = await this.database.query<{ index: number }>(SELECT_OTHER_MEANINGS, [
        jsonList(portion.map((each) => each.old)),
        jsonList(portion.map((each) => each.new)),
      ]);
      for (const { index } of rows) {
        const candidate = portion[index - 1];
        if (candidate === undefined) throw new Error('A difference of nothing with nothing');
        fields.set(candidate.endpoint, [...(fields.get(candidate.endpoint) ?? []), candidate.field]);
      }
    }
    return fields;
  }
}

/** What an endpoint is known by. No text in the database has U+0000. */
function operation({ method, path }: Pick<RegisteredEndpoint, 'method' | 'path'>): string {
  return `${method}\u0000${path}`;
}

function otherTexts(row: EndpointRow, endpoint: RegisteredEndpoint): OtherText[] {
  return JSON_FIELDS.flatMap((field) => {
    const text = endpoint[field]?.text ?? null;
    return text === row[field] ? [] : [{ endpoint, field, old: row[field], new: text }];
  });
}

function storedEndpoint(row: EndpointRow): StoredEndpoint {
  const json = JSON_FIELDS.map((field): [JsonField, JsonText | null] => {
    const text = row[field];
    return [field, text === null ? null : new JsonText(text)];
  });
  return { ...row, ...(Object.fromEntries(json) as Record<JsonField, JsonText | null>) };
}

function jsonLength(endpoint: RegisteredEndpoint): number {
  return JSON_FIELDS.reduce((sum, field) => sum + lengthOf(endpoint[field]?.text), 0);
}

function lengthOf(text: string | null | undefined): number {
  return text?.length ?? 0;
}

/** The items in portions of at most {@link MAX_STATEMENT_LENGTH}, or one item that is longer. */
function portionsOf<Item>(items: readonly Item[], length: (item: Item) => number): Item[][] {
  const portions: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const needed = length(item);
    const last = portions.at(-1);
    if (last === undefined || needed > room) {
      portions.push([item]);
      room = MAX_STATEMENT_LENGTH;
    } else last.push(item);
    room -= needed;
  }
  return portions;
}
