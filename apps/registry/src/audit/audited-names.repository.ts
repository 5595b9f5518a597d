import { Injectable } from '@nestjs/common';
import { LIVING_ALIAS } from '#libs/app-keys/named-application.js';
import type { AuditAction } from '#libs/audit-trail/audited.decorator.js';
import { Database } from '#libs/database/database.js';

/** What entries about some applications are told by: renaming changes none that was written before. */
export interface AuditedNames {
  /** App keys that entries may have been written under. */
  readonly recorded: readonly string[];
  /** App keys that applications have, or answer to, now; also those that entries of deleted applications were written under. */
  readonly present: readonly string[];
}

/** The former app keys come from the trail itself: what was written under one is older than the rename, and pruned before it. */
const NAMES = `
  SELECT ARRAY(SELECT l."appKey" FROM "AppKeyAlias" l WHERE l."applicationId" = a."id" AND ${LIVING_ALIAS}) AS "aliases",
         ARRAY(SELECT DISTINCT r."before" ->> 'appKey' FROM "AuditLog" r
               WHERE r."action" = 'application.renamed' AND r."applicationId" = a."id") AS "former"
  FROM "Application" a WHERE a."appKey" = ANY($1)`;

/** An application of another registry by the app keys that it may have had here, or an environment of it. */
export interface ImportedNames {
  readonly appKeys: readonly string[];
  /** With its id in the other registry, which it has here unless that was taken. */
  readonly environment?: { readonly name: string; readonly id?: string };
}

/** Imports are what writes applications and environments without a request. */
const WAS_IMPORTED = `
  SELECT EXISTS (SELECT FROM "AuditLog" WHERE "appKey" = ANY($1) AND "actor" = 'cli' AND "action" = $2
                 AND ($3::text IS NULL OR "environment" = $3 OR "resourceId" = $4)) AS "found"`;

/** Finds the names under which the trail speaks of applications. */
@Injectable()
export class AuditedNamesRepository {
  constructor(private readonly database: Database) {}

  /** @param appKeys those that the applications have now, or had when they were deleted */
  async of(appKeys: readonly string[]): Promise<AuditedNames> {
    const rows = await this.database.query<{ aliases: readonly string[]; former: readonly string[] }>(NAMES, [
      appKeys,
    ]);
    const present = [...new Set([...appKeys, ...rows.flatMap(({ aliases }) => aliases)])];
    return { recorded: [...new Set([...present, ...rows.flatMap(({ former }) => former)])], present };
  }

  /** Whether an import has ever added it, as far as the trail reaches back. */
  async wasImported({ appKeys, environment }: ImportedNames): Promise<boolean> {
    const action: AuditAction = environment === undefined ? 'application.created' : 'environment.created';
    const [row] = await this.database.query<{ found: boolean }>(WAS_IMPORTED, [
      appKeys,
      action,
      environment?.name ?? null,
      environment?.id ?? null,
    ]);
    return row?.found === true;
  }
}

/** The condition that an entry is about one of these applications, whatever it was called when the entry was written. */
export function isAbout({ recorded, present }: AuditedNames, parameter: (value: unknown) => string): string {
  // PostgreSQL reads an index in its order for one value, not for a list.
  const isRecorded =
    recorded.length === 1 ? `= ${parameter(recorded[0])}` : `= ANY(${parameter(recorded)}::text[])`;
  return `"appKey" ${isRecorded} AND coalesce(
    (SELECT a."appKey" FROM "Application" a WHERE a."id" = "AuditLog"."applicationId"), "appKey") = ANY(${parameter(present)}::text[])`;
}
