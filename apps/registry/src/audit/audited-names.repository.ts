import { Injectable } from '@nestjs/common';
import { LIVING_ALIAS } from '#libs/app-keys/named-application.js';
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
}

/** The condition that an entry is about one of these applications, whatever it was called when the entry was written. */
export function isAbout({ recorded, present }: AuditedNames, parameter: (value: unknown) => string): string {
  // PostgreSQL reads an index in its order for one value, not for a list.
  const isRecorded =
    recorded.length === 1 ? `= ${parameter(recorded[0])}` : `= ANY(${parameter(recorded)}::text[])`;
  return `"appKey" ${isRecorded} AND coalesce(
    (SELECT a."appKey" FROM "Application" a WHERE a."id" = "AuditLog"."applicationId"), "appKey") = ANY(${parameter(present)}::text[])`;
}
