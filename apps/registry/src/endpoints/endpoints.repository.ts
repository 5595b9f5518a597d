import { Injectable } from '@nestjs/common';
import { type ListedColumn, listsOf, unnested } from '#libs/database/column-lists.js';
import { Database } from '#libs/database/database.js';
import { type JsonPair, otherMeanings, portionsOf } from '#libs/database/json-meanings.js';
import { newId } from '#libs/database/new-id.js';
import {
  columnType,
  defaultOf,
  ENDPOINT_FIELDS,
  type EndpointField,
  JSON_FIELDS,
  type JsonField,
  PLAIN_FIELDS,
} from '#libs/domain/endpoint.js';
import { inSlices, mapInSlices } from '#libs/event-loop/slices.js';
import { JsonText } from '#libs/json/json-text.js';
import type { RegisteredEndpoint } from './registered-endpoint.js';

type StoredEndpoint = RegisteredEndpoint & { readonly id: string };

/** One difference between the stored endpoints and a batch. */
export type EndpointDifference =
  | { readonly kind: 'added'; readonly new: RegisteredEndpoint }
  | {
      readonly kind: 'updated';
      readonly old: StoredEndpoint;
      readonly new: RegisteredEndpoint;
      readonly fields: string[];
    }
  | { readonly kind: 'deleted'; readonly old: StoredEndpoint };

/** A row of the table: JSON as text. */
type EndpointRow = Omit<StoredEndpoint, JsonField> & Readonly<Record<JsonField, string | null>>;

const SELECT_ALL = `
  SELECT "id", "method", "path", ${PLAIN_FIELDS.map((field) => `"${field}"`).join(', ')},
         ${JSON_FIELDS.map((field) => `"${field}"::text`).join(', ')}
  FROM "Endpoint" WHERE "environmentId" = $1
  ORDER BY "method", "path"`;

type InputColumn = ListedColumn<'id' | 'method' | 'path' | EndpointField | 'createdAt' | 'updatedAt'>;

/**
 * The statement that applies differences, and its lists. Most endpoints have few of the fields: a column of which all rows
 * have the default is not sent.
 *
 * @param sent the fields that are sent
 */
function statementFor(sent: ReadonlySet<EndpointField>): { sql: string; input: readonly InputColumn[] } {
  const input: readonly InputColumn[] = [
    { column: 'id', type: 'text' },
    { column: 'method', type: 'text' },
    { column: 'path', type: 'text' },
    ...[...sent].map((column) => ({ column, type: columnType(column) })),
    { column: 'createdAt', type: 'timestamptz' },
    { column: 'updatedAt', type: 'timestamptz' },
  ];
  const columns = input.map(({ column }) => `"${column}"`).join(', ');
  // The database time for endpoints without an original time.
  const values = input
    .map(({ column, type }) => (type === 'timestamptz' ? `coalesce("${column}", now())` : `"${column}"`))
    .join(', ');
  const sql = `
    WITH new AS MATERIALIZED (
      SELECT * FROM ${unnested(input, 'item', 4)}
    ),
    deleted AS (DELETE FROM "Endpoint" WHERE "id" = ANY($2::text[])),
    updated AS (
      UPDATE "Endpoint" old
      SET ${ENDPOINT_FIELDS.map((field) => `"${field}" = ${sent.has(field) ? `new."${field}"` : 'DEFAULT'}`).join(', ')},
          "updatedAt" = coalesce(new."updatedAt", now())
      FROM new WHERE old."id" = new."id" AND new."id" = ANY($3::text[])
    )
    INSERT INTO "Endpoint" ("environmentId", ${columns})
    SELECT $1, ${values}
    FROM new WHERE "id" <> ALL($3::text[])`;
  return { sql, input };
}

/** An endpoint as it is written. */
type WrittenEndpoint = StoredEndpoint & {
  /** Whether its operation is new. */
  readonly isNew: boolean;
  /** null: now, by the database's clock. */
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
};

/** A JSON field whose stored and registered texts differ. */
interface OtherText extends JsonPair {
  readonly endpoint: RegisteredEndpoint;
  readonly field: JsonField;
}

/** Set-based SQL of registrations: a fixed number of statements for any batch size. */
@Injectable()
export class EndpointsRepository {
  constructor(private readonly database: Database) {}

  /** Added and updated endpoints in the order of the batch, then deleted ones. */
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
      const json = otherJson.get(endpoint) ?? [];
      // Usually nothing differs.
      if (json.length === 0 && PLAIN_FIELDS.every((field) => row[field] === endpoint[field])) return [];
      const plain = PLAIN_FIELDS.filter((field) => row[field] !== endpoint[field]);
      return [{ kind: 'updated', old: storedEndpoint(row), new: endpoint, fields: [...plain, ...json] }];
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
      const sent = ENDPOINT_FIELDS.filter((field) =>
        portion.some((endpoint) => endpoint[field] !== defaultOf(field)),
      );
      const { sql, input } = statementFor(new Set(sent));
      await this.database.query(sql, [
        environmentId,
        index === 0 ? deleted : [],
        portion.flatMap(({ id, isNew }) => (isNew ? [] : [id])),
        ...listsOf(input, portion),
      ]);
    }
  }

  /** The requested ids that other endpoints have, including endpoints to be deleted. */
  /** What PostgreSQL takes for the endpoints and definitions of all environments of an application, in bytes. */
  async storedBytes(applicationId: string): Promise<number> {
    const [row] = await this.database.query<{ bytes: number }>(
      `SELECT (coalesce(sum(s."bytes"), 0))::float8 AS "bytes"
       FROM "Environment" e CROSS JOIN LATERAL (
         SELECT pg_column_size(p.*) AS "bytes" FROM "Endpoint" p WHERE p."environmentId" = e."id"
         UNION ALL SELECT pg_column_size(d.*) FROM "Definition" d WHERE d."environmentId" = e."id") s
       WHERE e."applicationId" = $1`,
      [applicationId],
    );
    return row?.bytes ?? 0;
  }

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

  private async otherJson(
    candidates: readonly OtherText[],
  ): Promise<ReadonlyMap<RegisteredEndpoint, JsonField[]>> {
    const fields = new Map<RegisteredEndpoint, JsonField[]>();
    for (const { endpoint, field } of await otherMeanings(this.database, candidates)) {
      fields.set(endpoint, [...(fields.get(endpoint) ?? []), field]);
    }
    return fields;
  }
}

/** Identifies an operation. U+0000 occurs in no text of the database. */
function operation({ method, path }: Pick<RegisteredEndpoint, 'method' | 'path'>): string {
  return `${method}\u0000${path}`;
}

function otherTexts(row: EndpointRow, endpoint: RegisteredEndpoint): OtherText[] {
  const others: OtherText[] = [];
  for (const field of JSON_FIELDS) {
    const text = endpoint[field]?.text ?? null;
    if (text !== row[field]) others.push({ endpoint, field, old: row[field], new: text });
  }
  return others;
}

function storedEndpoint(row: EndpointRow): StoredEndpoint {
  const json = JSON_FIELDS.map((field): [JsonField, JsonText | null] => {
    const text = row[field];
    return [field, text === null ? null : new JsonText(text)];
  });
  return { ...row, ...(Object.fromEntries(json) as Record<JsonField, JsonText | null>) };
}

function jsonLength(endpoint: RegisteredEndpoint): number {
  return JSON_FIELDS.reduce((sum, field) => sum + (endpoint[field]?.text.length ?? 0), 0);
}
