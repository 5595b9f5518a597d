import type { TestApp } from './start-app.js';

/** A row of the audit trail. */
export interface AuditRow extends Record<string, unknown> {
  readonly id: string;
  readonly action: string;
  readonly actor: string;
  readonly requestId: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** The rows one request left, by the request id it sent. */
export function entriesOf(app: TestApp, requestId: string): Promise<AuditRow[]> {
  return app.database.query<AuditRow>(`SELECT * FROM "AuditLog" WHERE "requestId" = $1`, [requestId]);
}

export async function countEntries(app: TestApp): Promise<number> {
  const [row] = await app.database.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM "AuditLog"`,
  );
  return row?.count ?? 0;
}
