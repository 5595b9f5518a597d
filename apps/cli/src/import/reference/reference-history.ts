import { isDeepStrictEqual } from 'node:util';
import { v5 } from 'uuid';
import { parseBoundedJson } from '#libs/json/bounded-json.js';
import { jsonFault } from '#libs/validation/json-value.js';
import type { ImportedAuditEntry } from '#registry/audit/dto/imported-audit-entry.js';
import { CHECK_STATUSES } from '#registry/monitoring/check-status.js';
import type { HealthCheckRecord } from '#registry/monitoring/health-history.importer.js';
import { idIn, numberIn, textIn, timeIn } from './field-values.js';
import type { Row } from './reference-source.js';

/** Ids here of the applications and environments of the reference. */
export class Places {
  private readonly applications = new Map<string, { readonly id: string; readonly appKey: string }>();
  private readonly environments = new Map<string, { readonly id: string; readonly applicationId: string }>();

  addApplication(sourceId: string, place: { readonly id: string; readonly appKey: string }): void {
    this.applications.set(sourceId, place);
  }

  addEnvironment(sourceId: string, place: { readonly id: string; readonly applicationId: string }): void {
    this.environments.set(sourceId, place);
  }

  application(sourceId: unknown): { readonly id: string; readonly appKey: string } | undefined {
    return this.applications.get(textIn(sourceId) ?? '');
  }

  environment(sourceId: unknown): { readonly id: string; readonly applicationId: string } | undefined {
    return this.environments.get(textIn(sourceId) ?? '');
  }
}

/** A namespace for UUID version 5: ids that cannot be kept are derived from it, the same at every import. */
const NAMESPACE = '6f0f3c0e-6d1b-4f3a-9a53-0d6b6f7a2c11';
const MAX_STATUS_CODE = 999;
/** A day: no response time is longer. */
const MAX_SECONDS = 86_400;
const MAX_WORD_LENGTH = 255;
const MAX_USER_AGENT_LENGTH = 512;

/** Counts results in a row, which the reference does not keep. It takes the checks of each target in order of time. */
export class Streaks {
  private targetId: string | undefined;
  private counters = NONE;

  counted(check: UncountedHealthCheck): HealthCheckRecord {
    const { targetId, status } = check;
    const { consecutiveFailures, consecutiveSuccesses } = targetId === this.targetId ? this.counters : NONE;
    this.targetId = targetId;
    this.counters = {
      consecutiveFailures: status === 'FAILURE' ? consecutiveFailures + 1 : 0,
      consecutiveSuccesses: status === 'SUCCESS' ? consecutiveSuccesses + 1 : 0,
    };
    return { ...check, ...this.counters };
  }
}

const NONE = { consecutiveFailures: 0, consecutiveSuccesses: 0 };
type UncountedHealthCheck = Omit<HealthCheckRecord, keyof typeof NONE>;

/** The health check of a row; undefined when its target was not imported or the row is invalid. */
export function healthCheckFrom(row: Row, places: Places): UncountedHealthCheck | undefined {
  const application = places.application(row.applicationId);
  const environment = row.environmentId === null ? null : places.environment(row.environmentId);
  const checkedAt = timeIn(row.createdAt);
  const status = CHECK_STATUSES.find((each) => each === textIn(row.status)?.toUpperCase());
  if (application === undefined || environment === undefined) return undefined;
  if (checkedAt === undefined || status === undefined) return undefined;
  const statusCode = numberIn(row.statusCode, 1, MAX_STATUS_CODE);
  const message = textIn(row.message);
  return {
    targetId: environment?.id ?? application.id,
    applicationId: application.id,
    environmentId: environment?.id ?? null,
    checkedAt,
    status,
    statusCode: statusCode === null ? null : Math.trunc(statusCode),
    responseTime: statusCode === null ? null : numberIn(row.responseTime, 0, MAX_SECONDS),
    message: message === null ? null : clean(message),
  };
}

/** The audit entry of a row; undefined when it has no time. */
export function auditEntryFrom(row: Row, places: Places): ImportedAuditEntry | undefined {
  const createdAt = timeIn(row.createdAt);
  if (createdAt === undefined) return undefined;
  const application = places.application(row.applicationId);
  return {
    id: idIn(row.id) ?? v5(`audit_logs ${textIn(row.id)}`, NAMESPACE),
    createdAt,
    action: shortened(row.action, MAX_WORD_LENGTH) ?? 'unknown',
    appKey: application?.appKey ?? null,
    applicationId: application?.id ?? textIn(row.applicationId),
    details: detailsIn(row.details),
    ipAddress: shortened(row.ipAddress, MAX_WORD_LENGTH),
    userAgent: shortened(row.userAgent, MAX_USER_AGENT_LENGTH),
  };
}

/** Details as a JSON object; as text when they are anything else, or hold numbers that would lose digits. */
function detailsIn(details: unknown): object | null {
  const text = textIn(details);
  if (text === null) return null;
  try {
    const value = parseBoundedJson(text);
    if (!isDeepStrictEqual(value, JSON.parse(text))) return { details: clean(text) };
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isObject && jsonFault(value) === undefined) return value;
  } catch {
    // Not JSON: keep as text.
  }
  return { details: clean(text) };
}

function shortened(value: unknown, length: number): string | null {
  const text = textIn(value);
  return text === null ? null : clean(text).slice(0, length).toWellFormed();
}

function clean(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed();
}
