import pg from 'pg';
import Cursor from 'pg-cursor';
import { Failure } from '../../failure.js';
import { shownUrl, withoutPassword } from '../source-url.js';
import { reachableAt } from './reachable-at.js';
import { type Table, TABLES } from './reference-tables.js';

/** A row: times as Date, JSON as text, columns that this version of the reference lacks as null. */
export type Row = Readonly<Record<string, unknown>>;

const LOGS: readonly Table[] = ['health_check_logs', 'audit_logs'];
/** Rows of logs read at once, all of them bounded in size. */
const LOG_ROWS = 1000;
const AUDIT_ROWS = 200;
/** In characters; the reference has no limit of its own. */
const MAX_MESSAGE_LENGTH = 500;
const MAX_DETAILS_LENGTH = 65_536;

/** Times without a zone are UTC, as the reference writes them. */
const EXPRESSIONS: Readonly<Record<string, (column: string) => string>> = {
  'timestamp without time zone': (column) => `(${column} AT TIME ZONE 'UTC')`,
  json: (column) => `${column}::text`,
  jsonb: (column) => `${column}::text`,
};

/** The database of a reference registry, read only, in one snapshot per table. */
export class ReferenceSource {
  private readonly columns = new Map<Table, ReadonlyMap<string, string>>();

  private constructor(
    private readonly pool: pg.Pool,
    private readonly url: URL,
  ) {}

  /**
   * @throws WrongUsage when the URL cannot be used; Failure when the database cannot be reached, or is none of the
   *   reference
   */
  static async connect(url: URL): Promise<ReferenceSource> {
    // A pooler accepts no options: the session is then not read-only, and still only reads.
    const isPooled = url.searchParams.has('pgbouncer');
    const pool = new pg.Pool({
      ...(await reachableAt(url)),
      // One connection for the cursor of a log, one for other queries.
      max: 2,
      application_name: 'mcp-registry-import',
      keepAlive: true,
      ...(!isPooled && { options: '-c default_transaction_read_only=on' }),
    });
    // Pending queries reject.
    pool.on('error', () => undefined);
    const reference = new ReferenceSource(pool, url);
    try {
      for (const table of Object.keys(TABLES) as Table[]) await reference.look(table);
      for (const table of ['applications', 'environments'] as const) reference.refuseWithout(table);
      return reference;
    } catch (error) {
      await reference.close();
      throw error;
    }
  }

  /** Whether the table exists with all required columns. */
  has(table: Table): boolean {
    return this.missing(table).length === 0;
  }

  async countApplications(): Promise<number> {
    const [row] = await this.query(`SELECT count(*)::integer AS "count" FROM ${this.name('applications')}`);
    return Number(row?.count);
  }

  /** The next applications in the order of their ids. */
  applicationsAfter(id: string, limit: number): Promise<Row[]> {
    return this.query(
      `SELECT ${this.select('applications')} FROM ${this.name('applications')} t
       WHERE t."id"::text COLLATE "C" > $1 ORDER BY t."id"::text COLLATE "C" LIMIT $2`,
      [id, limit],
    );
  }

  /** With the row of their security as `security`, null without one. */
  async environmentsOf(applicationIds: readonly unknown[]): Promise<Row[]> {
    const environments = await this.below('environments', applicationIds, 'ORDER BY t."id"');
    const security = await this.securityOf(environments.map(({ id }) => String(id)));
    return environments.map((row) => ({ ...row, security: security.get(String(row.id)) ?? null }));
  }

  /** With the type of their environment. */
  async apiKeysOf(applicationIds: readonly unknown[]): Promise<Row[]> {
    return this.has('api_keys') ? this.below('api_keys', applicationIds, 'ORDER BY t."id"') : [];
  }

  /** As {@link apiKeysOf}. */
  async endpointsOf(applicationId: unknown): Promise<Row[]> {
    return this.has('endpoints') ? this.below('endpoints', [applicationId], 'ORDER BY t."id"') : [];
  }

  /** The number of health checks since a time, and before it. */
  async countHealthChecks(since: Date): Promise<{ since: number; before: number }> {
    const [row] = await this.query(
      `SELECT count(*) FILTER (WHERE ${this.time('health_check_logs')} >= $1)::integer AS "since",
              count(*) FILTER (WHERE ${this.time('health_check_logs')} < $1)::integer AS "before"
       FROM ${this.name('health_check_logs')} t`,
      [since],
    );
    return { since: Number(row?.since), before: Number(row?.before) };
  }

  /** Health checks since a time, by target and time. */
  healthChecks(since: Date): AsyncGenerator<Row[]> {
    return this.stream(
      `SELECT ${this.select('health_check_logs', { message: MAX_MESSAGE_LENGTH })} FROM ${this.name('health_check_logs')} t
       WHERE ${this.time('health_check_logs')} >= $1
       ORDER BY ${['applicationId', 'environmentId', 'createdAt'].map((name) => this.ordered(name)).join(', ')}`,
      [since],
      LOG_ROWS,
    );
  }

  async countAuditEntries(): Promise<number> {
    const [row] = await this.query(`SELECT count(*)::integer AS "count" FROM ${this.name('audit_logs')}`);
    return Number(row?.count);
  }

  auditEntries(): AsyncGenerator<Row[]> {
    return this.stream(
      `SELECT ${this.select('audit_logs', { details: MAX_DETAILS_LENGTH })} FROM ${this.name('audit_logs')} t`,
      [],
      AUDIT_ROWS,
    );
  }

  /** Tables beside those that are read. */
  async otherTables(): Promise<{ name: string; isReadable: boolean }[]> {
    const rows = await this.query(
      `SELECT c.relname AS "name", has_table_privilege(c.oid, 'SELECT') AS "isReadable" FROM pg_class c
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ALL($2::text[])
         AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass($1))
       ORDER BY 1`,
      [this.name('applications'), Object.keys(TABLES)],
    );
    return rows.map(({ name, isReadable }) => ({ name: String(name), isReadable: isReadable === true }));
  }

  /** The number of rows of one of {@link otherTables}. */
  async countRows(table: string): Promise<number> {
    const [row] = await this.query(`SELECT count(*)::float8 AS "count" FROM ${this.name(table)}`);
    return Number(row?.count);
  }

  /** The number of environments that belong to no application. */
  async countOtherEnvironments(): Promise<number> {
    const [row] = await this.query(
      `SELECT count(*)::integer AS "count" FROM ${this.name('environments')} t
       WHERE t."applicationId" IS NULL OR ${this.expression('environments', 'environmentType')} <> 'APPLICATION'`,
    );
    return Number(row?.count);
  }

  /** Columns of the tables that are read, but for the logs, which are not read themselves, with their values. */
  async unreadColumns(): Promise<{ column: string; count: number }[]> {
    const found: { column: string; count: number }[] = [];
    for (const [table, columns] of this.columns) {
      const { required, further }: { required: readonly string[]; further: readonly string[] } =
        TABLES[table];
      const unread = [...columns.keys()].filter(
        (name) => !required.includes(name) && !further.includes(name),
      );
      if (LOGS.includes(table) || unread.length === 0) continue;
      const counts = unread.map((name) => `count(t.${pg.escapeIdentifier(name)})::float8`).join(', ');
      const [row] = await this.query(`SELECT ARRAY[${counts}] AS "counts" FROM ${this.name(table)} t`);
      const values = row?.counts as number[];
      found.push(...unread.map((name, index) => ({ column: `${table}.${name}`, count: values[index] ?? 0 })));
    }
    return found;
  }

  private async securityOf(environmentIds: readonly string[]): Promise<ReadonlyMap<string, Row>> {
    if (!this.has('environment_security')) return new Map();
    const rows = await this.query(
      `SELECT ${this.select('environment_security')} FROM ${this.name('environment_security')} t
       WHERE t."environmentId"::text = ANY($1::text[])`,
      [environmentIds],
    );
    return new Map(rows.map((row) => [String(row.environmentId), row]));
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async look(table: Table): Promise<void> {
    const rows = await this.query(
      `SELECT a.attname AS "name", format_type(a.atttypid, NULL) AS "type" FROM pg_attribute a
       WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped`,
      [this.name(table)],
    );
    this.columns.set(table, new Map(rows.map(({ name, type }) => [String(name), String(type)])));
  }

  private refuseWithout(table: Table): void {
    const missing = this.missing(table);
    if (missing.length === 0) return;
    throw new Failure(
      `${shownUrl(this.url)} is no database of the reference registry: its table ${table} lacks ${missing.join(', ')}.`,
    );
  }

  /** The name of a table for a statement, with the schema that the URL names. */
  private name(table: string): string {
    const schema = this.url.searchParams.get('schema');
    const name = pg.escapeIdentifier(table);
    return schema === null ? name : `${pg.escapeIdentifier(schema)}.${name}`;
  }

  private missing(table: Table): string[] {
    return TABLES[table].required.filter((name) => !this.columns.get(table)?.has(name));
  }

  private below(table: Table, applicationIds: readonly unknown[], order: string): Promise<Row[]> {
    const isOfEnvironment =
      table !== 'environments' && this.columns.get(table)?.has('environmentId') && this.hasTypes();
    return this.query(
      `SELECT ${this.select(table)}${isOfEnvironment ? ', e."environmentType"' : ''}
       FROM ${this.name(table)} t ${isOfEnvironment ? `LEFT JOIN ${this.name('environments')} e ON e."id" = t."environmentId"` : ''}
       WHERE t."applicationId"::text = ANY($1::text[]) ${order}`,
      [applicationIds.map(String)],
    );
  }

  private hasTypes(): boolean {
    return this.columns.get('environments')?.has('environmentType') === true;
  }

  /** @param lengths maximum lengths of texts */
  private select(table: Table, lengths: Readonly<Record<string, number>> = {}): string {
    const { required, further } = TABLES[table];
    return [...required, ...further]
      .map((name) => {
        const expression = this.expression(table, name);
        const length = lengths[name];
        return `${length === undefined ? expression : `left((${expression})::text, ${length})`} AS "${name}"`;
      })
      .join(', ');
  }

  private expression(table: Table, name: string): string {
    const type = this.columns.get(table)?.get(name);
    if (type === undefined) return 'NULL';
    return (EXPRESSIONS[type] ?? ((column) => column))(`t."${name}"`);
  }

  private time(table: Table): string {
    return `(${this.expression(table, 'createdAt')})::timestamptz`;
  }

  private ordered(name: string): string {
    return `${this.expression('health_check_logs', name)}${name === 'createdAt' ? '' : '::text'}`;
  }

  private async query(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    try {
      return (await this.pool.query<Row>(sql, [...parameters])).rows;
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** Rows of a cursor, in pages of a fixed size. */
  private async *stream(
    sql: string,
    parameters: readonly unknown[],
    rowsAtOnce: number,
  ): AsyncGenerator<Row[]> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw this.failure(error);
    });
    const cursor = client.query(new Cursor<Row>(sql, [...parameters]));
    try {
      for (;;) {
        const rows = await cursor.read(rowsAtOnce);
        if (rows.length === 0) return;
        yield rows;
      }
    } catch (error) {
      throw this.failure(error);
    } finally {
      // Closed, not returned to the pool: otherwise an interrupted import would wait for the unread rows.
      client.release(true);
    }
  }

  private failure(error: unknown): Failure {
    return error instanceof Failure
      ? error
      : new Failure(`${shownUrl(this.url)} cannot be read: ${withoutPassword(error, this.url)}`);
  }
}
