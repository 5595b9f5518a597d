import type { INestApplicationContext } from '@nestjs/common';
import type { ImportedPart } from '#libs/domain/imported-parts.js';
import { type LifetimeLimit, outlives } from '#libs/key-lifetime/lifetime-limit.js';
import { AuditService } from '#registry/audit/audit.service.js';
import { ImportCounts } from '#registry/imports/import-counts.js';
import { ImportsService, type PlacedApplication } from '#registry/imports/imports.service.js';
import { RecordList } from '#registry/imports/record-list.js';
import type { SourceApplication } from '#registry/imports/source-record.js';
import { HealthHistoryImporter } from '#registry/monitoring/health-history.importer.js';
import type { Progress } from '../../terminal/progress.js';
import { writeApplication } from '../application-writer.js';
import { endingOf } from '../import-ending.js';
import type { ImportResult } from '../import-result.js';
import { Interruption } from '../interruption.js';
import { openRegistryDatabase } from '../registry-database.js';
import type { RegistrySettings } from '../registry-settings.js';
import { textIn } from './field-values.js';
import { type LeftBehind, leftBehind } from './left-behind.js';
import { applicationFrom } from './reference-application.js';
import { auditEntryFrom, healthCheckFrom, Places, Streaks } from './reference-history.js';
import { ReferenceSource, type Row } from './reference-source.js';
import { addRefusedKeys } from './refused-keys.js';

/** Applications read at once with their environments and keys; endpoints are read one application at a time. */
const APPLICATIONS_AT_ONCE = 50;
/** API keys that a note names before it only counts. */
const MAX_NAMED = 20;

export interface ReferenceImportOptions {
  readonly settings: RegistrySettings;
  readonly url: URL;
  readonly dryRun: boolean;
  readonly overwrite: boolean;
  readonly parts: ReadonlySet<ImportedPart>;
  readonly progress: Progress;
}

/**
 * Imports the reference registry's database: applications, each in a transaction of its own, then the history of health
 * checks and the audit trail in batches. The source is read between transactions, never within one.
 */
export async function importReference({
  settings,
  url,
  dryRun,
  overwrite,
  parts,
  progress,
}: ReferenceImportOptions): Promise<ImportResult> {
  const registry = await openRegistryDatabase(settings);
  const interruption = new Interruption();
  let reference: ReferenceSource | undefined;
  try {
    reference = await ReferenceSource.connect(url);
    const limit = settings.config.keyLimits.apiKeys;
    const work = new ReferenceImport(registry, reference, interruption, {
      dryRun,
      overwrite,
      parts,
      progress,
      limit,
    });
    const ending = await endingOf(
      () => work.run(),
      interruption,
      () => work.position,
    );
    const { tally, notes, refusedKeys, leftBehind } = work;
    return { tally, dryRun, notes, refusedKeys, leftBehind, ending };
  } finally {
    progress.end();
    interruption.dispose();
    await reference?.close();
    await registry.close();
  }
}

class ReferenceImport {
  readonly tally = new ImportCounts();
  readonly notes: string[] = [];
  readonly refusedKeys = new RecordList();
  leftBehind: readonly LeftBehind[] = [];
  /** The progress. */
  position = 'before the first application';
  private readonly places = new Places();
  /** Records of imported API keys that outlive API_KEY_MAX_DAYS. */
  private readonly outliving: string[] = [];
  /** App keys seen so far, with their records. */
  private readonly records = new Map<string, string>();

  constructor(
    private readonly registry: INestApplicationContext,
    private readonly reference: ReferenceSource,
    private readonly interruption: Interruption,
    private readonly options: {
      readonly dryRun: boolean;
      readonly overwrite: boolean;
      readonly parts: ReadonlySet<ImportedPart>;
      readonly progress: Progress;
      readonly limit: LifetimeLimit | undefined;
    },
  ) {}

  async run(): Promise<void> {
    this.leftBehind = await leftBehind(this.reference);
    await this.importApplications();
    this.noteOutliving();
    if (!this.options.parts.has('history')) return;
    await this.importHealthChecks();
    await this.importAuditEntries();
  }

  private async importApplications(): Promise<void> {
    const total = await this.reference.countApplications();
    this.options.progress.begin('Applications', total);
    let [after, done] = ['', 0];
    for (;;) {
      const page = await this.reference.applicationsAfter(after, APPLICATIONS_AT_ONCE);
      if (page.length === 0) return;
      after = textIn(page.at(-1)?.id) ?? '';
      const ids = page.map(({ id }) => id);
      const { parts } = this.options;
      const hasPlaces = parts.has('environments') || parts.has('keys') || parts.has('history');
      const environments = grouped(hasPlaces ? await this.reference.environmentsOf(ids) : []);
      const apiKeys = grouped(parts.has('keys') ? await this.reference.apiKeysOf(ids) : []);
      for (const application of page) {
        if (this.interruption.happened()) return;
        const id = textIn(application.id) ?? '';
        await this.importApplication(
          application,
          environments.get(id) ?? [],
          apiKeys.get(id) ?? [],
          parts.has('environments') ? await this.reference.endpointsOf(id) : [],
        );
        done += 1;
        this.position = `after ${done} of ${total} applications`;
        this.options.progress.advance();
      }
    }
  }

  /** They stay as they are: their owners would lose access without notice. */
  private noteOutliving(): void {
    const { limit } = this.options;
    if (limit === undefined || this.outliving.length === 0) return;
    const rest = this.outliving.length - MAX_NAMED;
    const named = this.outliving.slice(0, MAX_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
    this.notes.push(
      `API keys that outlive ${limit.setting} (${limit.days}) are imported as they are: ${named}. Rotate them.`,
    );
  }

  private async importHealthChecks(): Promise<void> {
    if (!this.reference.has('health_check_logs') || this.interruption.happened()) return;
    const history = this.registry.get(HealthHistoryImporter, { strict: false });
    const since = history.keptSince(new Date());
    const count = await this.reference.countHealthChecks(since);
    if (count.before > 0) {
      this.tally.add('healthChecks', 'skipped', count.before);
      this.notes.push(
        `${count.before} health checks are older than ${since.toISOString().slice(0, 10)} and stay behind (HEALTH_LOG_RETENTION_DAYS).`,
      );
    }
    this.options.progress.begin('Health checks', count.since);
    const streaks = new Streaks();
    let [read, left] = [0, 0];
    for await (const rows of this.reference.healthChecks(since)) {
      if (this.interruption.happened()) return;
      const records = distinct(rows.flatMap((row) => healthCheckFrom(row, this.places) ?? [])).map((check) =>
        streaks.counted(check),
      );
      const added = await history.append(records, this.options);
      read += rows.length;
      left += rows.length - records.length;
      this.position = `after all applications and ${read} of ${count.since} health checks`;
      this.tally.add('healthChecks', 'added', added);
      this.tally.add('healthChecks', 'unchanged', records.length - added);
      this.tally.add('healthChecks', 'skipped', rows.length - records.length);
      this.options.progress.advance(rows.length);
    }
    if (left > 0) {
      this.notes.push(
        `${left} health checks stay behind: of what was not imported, without sense, or twice.`,
      );
    }
  }

  private async importAuditEntries(): Promise<void> {
    if (!this.reference.has('audit_logs') || this.interruption.happened()) return;
    const audit = this.registry.get(AuditService, { strict: false });
    const total = await this.reference.countAuditEntries();
    this.options.progress.begin('Audit entries', total);
    let read = 0;
    for await (const rows of this.reference.auditEntries()) {
      if (this.interruption.happened()) return;
      const entries = rows.flatMap((row) => auditEntryFrom(row, this.places) ?? []);
      const added = await audit.import(entries, this.options);
      read += rows.length;
      this.position = `after everything but ${total - read} audit entries`;
      this.tally.add('auditEntries', 'added', added);
      this.tally.add('auditEntries', 'unchanged', entries.length - added);
      this.tally.add('auditEntries', 'skipped', rows.length - entries.length);
      this.options.progress.advance(rows.length);
    }
  }

  private async importApplication(
    application: Row,
    environments: readonly Row[],
    apiKeys: readonly Row[],
    endpoints: readonly Row[],
  ): Promise<void> {
    const source = applicationFrom({ application, environments, endpoints, apiKeys }, this.tally);
    const earlier = this.records.get(source.appKey);
    if (earlier !== undefined) {
      this.tally.problem(source.record, `has the app key of ${earlier}: the first one counts`);
      this.tally.add('applications', 'skipped');
      return;
    }
    this.records.set(source.appKey, source.record);
    const imports = this.registry.get(ImportsService);
    const placed = await writeApplication(imports, source, this.tally, this.options);
    if (placed === undefined) return;
    addRefusedKeys(this.refusedKeys, source, placed, new Date());
    this.outliving.push(...keysBeyond(this.options.limit, source, placed));
    this.places.addApplication(textIn(application.id) ?? '', placed);
    for (const { id, sourceId } of placed.environments.values()) {
      this.places.addEnvironment(sourceId ?? '', { id, applicationId: placed.id });
    }
  }
}

function grouped(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const id = textIn(row.applicationId) ?? '';
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [row]);
    else group.push(row);
  }
  return groups;
}

/** The records of active keys that were imported and are accepted for longer than a new key may be. */
function keysBeyond(
  limit: LifetimeLimit | undefined,
  source: SourceApplication,
  placed: PlacedApplication,
): string[] {
  const now = new Date();
  const imported = new Set([...placed.environments.values()].map(({ sourceId }) => sourceId));
  return source.environments
    .filter(({ sourceId }) => imported.has(sourceId))
    .flatMap(({ apiKeys }) => apiKeys)
    .filter(({ key }) => key.isActive && outlives(key.expiresAt, limit, now))
    .map(({ record }) => record);
}

/** Of several checks of one target in one millisecond, the first: the table here holds one. */
function distinct<T extends { readonly targetId: string; readonly checkedAt: Date }>(
  records: readonly T[],
): T[] {
  const byPlace = new Map<string, T>();
  for (const record of records) {
    const place = `${record.targetId} ${record.checkedAt.getTime()}`;
    if (!byPlace.has(place)) byPlace.set(place, record);
  }
  return [...byPlace.values()];
}
