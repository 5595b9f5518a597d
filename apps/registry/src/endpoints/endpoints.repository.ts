import { Injectable } from '@nestjs/common';
import { Database } from '#libs/database/database.js';
import { newId } from '#libs/database/new-id.js';
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

/** The fields of an endpoint that can differ, with their types; method and path identify it. */
const PLAIN_FIELDS = {
  name: 'text',
  description: 'text',
  isPublic: 'boolean',
  authType: 'text',
  contentType: 'text',
};
const JSON_FIELDS = ['authConfig', 'pathParams', 'queryParams', 'requestBody', 'responseBody'];
const FIELDS = [...Object.keys(PLAIN_FIELDS), ...JSON_FIELDS];

const INPUT_COLUMNS = [
  '"method" text',
  '"path" text',
  ...Object.entries(PLAIN_FIELDS).map(([field, type]) => `"${field}" ${type}`),
  ...JSON_FIELDS.map((field) => `"${field}" json`),
].join(', ');

/** JSON is compared by meaning: the order of properties makes no difference. */
const differs = (field: string): string =>
  JSON_FIELDS.includes(field)
    ? `old."${field}"::jsonb IS DISTINCT FROM new."${field}"::jsonb`
    : `old."${field}" IS DISTINCT FROM new."${field}"`;

const CHANGED_FIELDS = `array_remove(ARRAY[${FIELDS.map((field) => `CASE WHEN ${differs(field)} THEN '${field}' END`).join(', ')}], NULL)`;

const SELECT_DIFFERENCES = `
  SELECT new."index", old."id" AS "oldId", old."method" AS "oldMethod", old."path" AS "oldPath",
         ${FIELDS.map((field) => `old."${field}" AS "old_${field}"`).join(', ')},
         CASE WHEN old."id" IS NOT NULL AND new."index" IS NOT NULL THEN ${CHANGED_FIELDS} END AS "fields"
  FROM (SELECT * FROM "Endpoint" WHERE "environmentId" = $1) old
  FULL JOIN (
    SELECT item.* FROM ROWS FROM (json_to_recordset($2::json) AS (${INPUT_COLUMNS})) WITH ORDINALITY
      AS item(${['method', 'path', ...FIELDS].map((field) => `"${field}"`).join(', ')}, "index")
  ) new ON new."method" = old."method" AND new."path" = old."path"
  WHERE old."id" IS NULL OR new."index" IS NULL OR ${FIELDS.map(differs).join(' OR ')}
  ORDER BY new."index", old."method", old."path"`;

const APPLY_DIFFERENCES = `
  WITH new AS MATERIALIZED (SELECT * FROM json_to_recordset($2::json) AS item("id" text, ${INPUT_COLUMNS})),
  deleted AS (DELETE FROM "Endpoint" WHERE "id" = ANY($3::text[])),
  updated AS (
    UPDATE "Endpoint" old
    SET ${FIELDS.map((field) => `"${field}" = new."${field}"`).join(', ')}, "updatedAt" = $4
    FROM new WHERE old."id" = new."id"
  )
  INSERT INTO "Endpoint" ("id", "environmentId", "method", "path", ${FIELDS.map((field) => `"${field}"`).join(', ')}, "createdAt", "updatedAt")
  SELECT "id", $1, "method", "path", ${FIELDS.map((field) => `"${field}"`).join(', ')}, $4, $4
  FROM new WHERE NOT ("id" = ANY($5::text[]))`;

type DifferenceRow = Record<string, unknown> & {
  readonly index: string | null;
  readonly oldId: string | null;
  readonly oldMethod: string;
  readonly oldPath: string;
  readonly fields: string[] | null;
};

/** The set-based SQL of registration: one statement to compare, one to write, whatever the batch's size. */
@Injectable()
export class EndpointsRepository {
  constructor(private readonly database: Database) {}

  async differences(
    environmentId: string,
    batch: readonly RegisteredEndpoint[],
  ): Promise<EndpointDifference[]> {
    const rows = await this.database.query<DifferenceRow>(SELECT_DIFFERENCES, [
      environmentId,
      JSON.stringify(batch),
    ]);
    return rows.map((row) => difference(row, batch));
  }

  async apply(environmentId: string, differences: readonly EndpointDifference[]): Promise<void> {
    const deleted = differences.flatMap((each) => (each.kind === 'deleted' ? [each.old.id] : []));
    const updated = differences.flatMap((each) =>
      each.kind === 'updated' ? [{ id: each.old.id, ...each.new }] : [],
    );
    const added = differences.flatMap((each) =>
      each.kind === 'added' ? [{ id: newId(), ...each.new }] : [],
    );
    await this.database.query(APPLY_DIFFERENCES, [
      environmentId,
      JSON.stringify([...updated, ...added]),
      deleted,
      new Date(),
      updated.map(({ id }) => id),
    ]);
  }
}

function difference(row: DifferenceRow, batch: readonly RegisteredEndpoint[]): EndpointDifference {
  const registered = row.index === null ? undefined : batch[Number(row.index) - 1];
  const old = row.oldId === null ? undefined : storedEndpoint(row, row.oldId);
  if (old !== undefined && registered !== undefined) {
    return { kind: 'updated', old, new: registered, fields: row.fields ?? [] };
  }
  if (old !== undefined) return { kind: 'deleted', old };
  if (registered !== undefined) return { kind: 'added', new: registered };
  throw new Error('A difference of nothing with nothing');
}

function storedEndpoint(row: DifferenceRow, id: string): StoredEndpoint {
  const values = Object.fromEntries(FIELDS.map((field) => [field, row[`old_${field}`]]));
  return { id, method: row.oldMethod, path: row.oldPath, ...values } as StoredEndpoint;
}
