import { isDeepStrictEqual } from 'node:util';
import type { Client } from 'pg';
import { type SentEndpoint, type SentRequest, Targets } from './write-load.js';

interface Application {
  readonly id: string;
  readonly appKey: string;
  readonly name: string;
  readonly description: string | null;
  readonly healthCheckUrl: string | null;
}

interface Environment {
  readonly id: string;
  readonly applicationId: string;
  readonly name: string;
  readonly baseDomain: string | null;
}

interface Key {
  readonly id: string;
  readonly environmentId: string;
  readonly name: string;
  readonly isActive: boolean;
}

interface AuditEntry {
  readonly id: string;
  readonly createdAt: string;
  readonly action: string;
  readonly requestId: string;
  readonly appKey: string;
  readonly environment: string | null;
  readonly resourceId: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Refusals an operation may get from its rivals. */
const LEGAL_REFUSALS: Readonly<Record<string, readonly number[]>> = {
  'application.created': [409],
  'application.updated': [401, 404],
  'environment.created': [404, 409],
  'endpoints.registered': [401, 404],
  'api-key.rotated': [404, 409],
};

/**
 * What must be in the tables when the audit trail tells the whole truth: it is derived from the entries and the
 * requests they name, never read from the tables.
 */
export class Ledger {
  readonly applications = new Map<string, Application>();
  readonly environments = new Map<string, Environment>();
  readonly keys = new Map<string, Key>();
  /** By environment id and operation. */
  readonly endpoints = new Map<string, Map<string, SentEndpoint>>();
  /** How many changes happened although their answer was lost. */
  changedUnanswered = 0;
  private entries = 0;
  private last = { createdAt: '-infinity', id: '' };

  /**
   * Compares entries, tables and requests with each other.
   *
   * @param database read in one snapshot
   * @param mayBeUnavailable whether the database was killed too, so that 503 was a truthful answer
   * @returns every contradiction found
   */
  async check(database: Client, sent: readonly SentRequest[], mayBeUnavailable: boolean): Promise<string[]> {
    await database.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await database.query<AuditEntry>(
      `SELECT "id", "createdAt"::text, "action", "requestId", "appKey", "environment", "resourceId", "before", "after"
       FROM "AuditLog" WHERE "action" <> 'credentials.refused' AND ("createdAt", "id") > ($1::timestamptz, $2)
       ORDER BY "createdAt", "id"`,
      [this.last.createdAt, this.last.id],
    );
    const { rows: counted } = await database.query<{ count: number }>(
      `SELECT count(*)::int AS "count" FROM "AuditLog" WHERE "action" <> 'credentials.refused'`,
    );
    const stored = await storedLines(database);
    await database.query('COMMIT');

    const contradictions = this.follow(rows, new Map(sent.map((request) => [request.requestId, request])));
    this.entries += rows.length;
    this.last = rows.at(-1) ?? this.last;
    if (counted[0]?.count !== this.entries) {
      contradictions.push(`The trail has ${counted[0]?.count ?? 0} entries instead of ${this.entries}`);
    }
    const entriesOf = new Map<string, number>();
    for (const { requestId } of rows) entriesOf.set(requestId, (entriesOf.get(requestId) ?? 0) + 1);
    for (const request of sent) {
      const wrong = this.contradictionOf(request, entriesOf.get(request.requestId) ?? 0, mayBeUnavailable);
      if (wrong !== undefined) contradictions.push(`${described(request)}: ${wrong}`);
    }
    return [...contradictions, ...differences(this.lines(), stored)];
  }

  /** What exists, for the next load; secrets that were never received are lost. */
  targets(secrets: ReadonlyMap<string, string>): Targets {
    const targets = new Targets();
    for (const { id, applicationId, name } of this.environments.values()) {
      const keys = targets.environment(this.applications.get(applicationId)?.appKey ?? '', name);
      for (const key of this.keys.values()) {
        const secret = secrets.get(key.id);
        if (key.environmentId === id && secret !== undefined) keys.set(key.id, secret);
      }
    }
    for (const { appKey } of this.applications.values()) {
      if (!targets.applications.has(appKey)) targets.applications.set(appKey, new Map());
    }
    return targets;
  }

  private contradictionOf(
    request: SentRequest,
    entries: number,
    mayBeUnavailable: boolean,
  ): string | undefined {
    const { action, status, path, answer } = request;
    if (entries > 1) return `has ${entries} entries`;
    if (status === undefined) {
      this.changedUnanswered += entries;
      return undefined;
    }
    if (status === 503 && mayBeUnavailable)
      return entries === 0 || isUncertain(answer) ? undefined : 'was answered that nothing changed';
    if (status >= 300) {
      if (!(LEGAL_REFUSALS[action] ?? [404]).includes(status)) return 'is no legal outcome';
      return entries === 0 ? undefined : 'was refused but has an entry';
    }
    if (entries === 1) return undefined;
    if (action !== 'api-key.revoked') return 'was acknowledged but has no entry';
    // Revoking what is revoked changes nothing.
    const id = path.slice(path.lastIndexOf('/') + 1);
    return this.keys.get(id)?.isActive === true ? 'was acknowledged but the key is active' : undefined;
  }

  private follow(entries: readonly AuditEntry[], sent: ReadonlyMap<string, SentRequest>): string[] {
    const contradictions: string[] = [];
    for (const entry of entries) {
      const request = sent.get(entry.requestId);
      const { action, appKey, environment = null } = request ?? {};
      if (
        request === undefined ||
        action !== entry.action ||
        appKey !== entry.appKey ||
        environment !== entry.environment
      ) {
        contradictions.push(`No request explains the entry ${JSON.stringify(entry)}`);
        continue;
      }
      const expect = (what: string, is: unknown, expected: unknown): void => {
        if (isDeepStrictEqual(is, expected)) return;
        contradictions.push(
          `${described(request)}: ${what} is ${JSON.stringify(is)} instead of ${JSON.stringify(expected)}`,
        );
      };
      this.apply(entry, request, expect);
    }
    return contradictions;
  }

  private apply(
    entry: AuditEntry,
    request: SentRequest,
    expect: (what: string, is: unknown, expected: unknown) => void,
  ): void {
    const { resourceId: id } = entry;
    const before = (entry.before ?? {}) as Record<string, unknown>;
    const after = (entry.after ?? {}) as Record<string, unknown>;
    const body = request.body ?? {};
    const acknowledged = request.status !== undefined && request.status < 300;
    const answer = acknowledged ? (request.answer as Record<string, unknown> | undefined) : undefined;
    switch (request.action) {
      case 'application.created': {
        const created = after as unknown as Application & { environments: Environment[] };
        expect(
          'the entry',
          { name: created.name, appKey: created.appKey },
          { name: body.name, appKey: body.appKey },
        );
        expect(
          'the environments of the entry',
          created.environments.map(({ name }) => ({ name })),
          body.environments,
        );
        if (answer) expect('the answer', answer, after);
        this.applications.set(id, created);
        for (const environment of created.environments) this.environments.set(environment.id, environment);
        return;
      }
      case 'application.updated': {
        const application = this.applications.get(id);
        expect('the value before', before, picked(application, Object.keys(body)));
        expect('the value after', after, body);
        if (answer) expect('the answer', picked(answer, Object.keys(body)), body);
        if (application) this.applications.set(id, { ...application, ...after });
        return;
      }
      case 'application.deleted': {
        const environments = [...this.environments.values()].filter(
          ({ applicationId }) => applicationId === id,
        );
        expect('the name before', before.name, this.applications.get(id)?.name);
        expect(
          'the environments before',
          (before.environments as Environment[]).map((environment) => environment.id).sort(),
          environments.map((environment) => environment.id).sort(),
        );
        this.applications.delete(id);
        for (const environment of environments) this.dropEnvironment(environment.id);
        return;
      }
      case 'environment.created': {
        const created = after as unknown as Environment;
        expect('the entry', { name: created.name, baseDomain: created.baseDomain }, body);
        expect('the application exists', this.applications.has(created.applicationId), true);
        if (answer) expect('the answer', answer, after);
        this.environments.set(id, created);
        return;
      }
      case 'environment.updated': {
        const environment = this.environments.get(id);
        expect('the value before', before, picked(environment, Object.keys(body)));
        expect('the value after', after, body);
        if (answer) expect('the answer', picked(answer, Object.keys(body)), body);
        if (environment) this.environments.set(id, { ...environment, ...after });
        return;
      }
      case 'environment.deleted':
        expect('the base domain before', before.baseDomain, this.environments.get(id)?.baseDomain);
        this.dropEnvironment(id);
        return;
      case 'api-key.issued': {
        const environmentId = this.environmentOf(request);
        expect('the name of the entry', after.name, body.name);
        expect('the environment exists', environmentId !== undefined, true);
        if (answer) expect('the id of the answer', answer.id, id);
        this.keys.set(id, {
          id,
          environmentId: environmentId ?? '',
          name: String(after.name),
          isActive: true,
        });
        return;
      }
      case 'api-key.rotated': {
        const old = this.keys.get(id);
        const issued = (after.new ?? {}) as { id: string };
        expect('the key was active', old?.isActive, true);
        if (answer) expect('the id of the answer', answer.id, issued.id);
        if (!old) return;
        this.keys.set(id, { ...old, isActive: false });
        this.keys.set(issued.id, { ...old, id: issued.id });
        return;
      }
      case 'api-key.revoked': {
        const key = this.keys.get(id);
        expect('the key was active', key?.isActive, true);
        if (key) this.keys.set(id, { ...key, isActive: false });
        return;
      }
      case 'endpoints.registered': {
        const batch = new Map((body.endpoints as SentEndpoint[]).map((each) => [operation(each), each]));
        const old = this.endpoints.get(id) ?? new Map<string, SentEndpoint>();
        const added = [...batch.keys()].filter((key) => !old.has(key));
        const deleted = [...old.keys()].filter((key) => !batch.has(key));
        const updated = [...batch.keys()].filter(
          (key) => old.has(key) && !isDeepStrictEqual(old.get(key), batch.get(key)),
        );
        expect('the environment exists', this.environments.has(id), true);
        if (isDigest(before)) {
          expect('how many', before.counts, { updated: updated.length, deleted: deleted.length });
        } else {
          const was = before as { deleted: object; updated: object };
          expect('what was deleted', Object.keys(was.deleted).sort(), deleted.sort());
        }
        if (isDigest(after)) {
          expect('how many', after.counts, { added: added.length, updated: updated.length });
        } else {
          const is = after as { added: string[]; updated: Record<string, object> };
          expect('what was added', is.added.toSorted(), added.sort());
          expect('what was updated', Object.keys(is.updated).sort(), updated.sort());
          for (const [key, values] of Object.entries(is.updated)) {
            expect(`the new values of ${key}`, values, picked(batch.get(key), Object.keys(values)));
          }
        }
        if (answer) {
          expect('the answer', picked(answer, ['added', 'updated', 'deleted', 'unchanged']), {
            added: added.length,
            updated: updated.length,
            deleted: deleted.length,
            unchanged: batch.size - added.length - updated.length,
          });
        }
        this.endpoints.set(id, batch);
      }
    }
  }

  private environmentOf({ appKey, environment }: SentRequest): string | undefined {
    return [...this.environments.values()].find(
      ({ name, applicationId }) =>
        name === environment && this.applications.get(applicationId)?.appKey === appKey,
    )?.id;
  }

  private dropEnvironment(id: string): void {
    this.environments.delete(id);
    this.endpoints.delete(id);
    for (const key of this.keys.values()) if (key.environmentId === id) this.keys.delete(key.id);
  }

  private lines(): string[] {
    return [
      ...lines('Application', this.applications.values()),
      ...lines('Environment', this.environments.values()),
      ...lines('ApiKey', this.keys.values()),
      ...[...this.endpoints].flatMap(([environmentId, endpoints]) =>
        lines(
          'Endpoint',
          [...endpoints.values()].map((endpoint) => ({ environmentId, ...endpoint })),
        ),
      ),
    ];
  }
}

const COLUMNS = {
  Application: ['id', 'appKey', 'name', 'description', 'healthCheckUrl'],
  Environment: ['id', 'applicationId', 'name', 'baseDomain'],
  ApiKey: ['id', 'environmentId', 'name', 'isActive'],
  Endpoint: ['environmentId', 'method', 'path', 'name', 'description', 'isPublic', 'responseBody'],
} as const;

function lines(table: keyof typeof COLUMNS, rows: Iterable<object>): string[] {
  return Array.from(rows, (row) => `${table} ${JSON.stringify(picked(row, COLUMNS[table]))}`);
}

async function storedLines(database: Client): Promise<string[]> {
  const all: string[] = [];
  for (const table of Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]) {
    const { rows } = await database.query<object>(`SELECT * FROM "${table}"`);
    all.push(...lines(table, rows));
  }
  return all;
}

function differences(expected: readonly string[], stored: readonly string[]): string[] {
  const [expectedSet, storedSet] = [new Set(expected), new Set(stored)];
  return [
    ...expected.filter((line) => !storedSet.has(line)).map((line) => `Missing: ${line}`),
    ...stored.filter((line) => !expectedSet.has(line)).map((line) => `Without an entry: ${line}`),
    ...(stored.length === storedSet.size ? [] : ['A row is there twice']),
  ];
}

/** The answer when the connection broke during COMMIT: the only one that leaves open what happened. */
function isUncertain(answer: unknown): boolean {
  return (answer as { type?: unknown } | undefined)?.type === 'urn:mcp-registry:problem:commit-uncertain';
}

function operation({ method, path }: SentEndpoint): string {
  return `${method} ${path}`;
}

function described({ requestId, method, path, status }: SentRequest): string {
  return `${requestId} ${method} ${path} (${status ?? 'no answer'})`;
}

function picked(source: object | undefined, fields: readonly string[]): Record<string, unknown> {
  const values = (source ?? {}) as Record<string, unknown>;
  return Object.fromEntries(fields.map((field) => [field, values[field]]));
}

/** Stands in the trail for a value that is too large. */
function isDigest(value: unknown): value is { counts: Readonly<Record<string, number>> } {
  return (value as { truncated?: unknown } | null)?.truncated === true;
}
