/**
 * A statement that moves a time of rows forward, never back. Its parameters are ids and times; it gives the ids of the rows
 * that it passed over, because another transaction holds them.
 */
export function recordUseStatement(table: string, column: string): string {
  return `
    WITH "written" AS (
      UPDATE "${table}" t SET "${column}" = GREATEST(t."${column}", u."usedAt")
      FROM unnest($1::text[], $2::timestamptz[]) AS u("id", "usedAt")
      WHERE t."id" = u."id"
        AND t."id" IN (SELECT "id" FROM "${table}" WHERE "id" = ANY($1) ORDER BY "id" FOR NO KEY UPDATE SKIP LOCKED)
      RETURNING t."id"
    )
    SELECT "id" FROM "${table}" WHERE "id" = ANY($1) AND "id" NOT IN (SELECT "id" FROM "written")`;
}
