import { Injectable } from '@nestjs/common';
import { LIVING_ALIAS } from '#libs/app-keys/named-application.js';
import { Database } from '#libs/database/database.js';
import type { AppKeyAliasEntity } from './app-key-alias.entity.js';

/** The former app keys to which applications still answer. */
@Injectable()
export class AppKeyAliasesRepository {
  constructor(private readonly database: Database) {}

  /** An alias that the application had left behind in the meantime is replaced. */
  async insert({ appKey, applicationId, createdAt, expiresAt }: AppKeyAliasEntity): Promise<void> {
    await this.database.query(
      `INSERT INTO "AppKeyAlias" ("appKey", "applicationId", "createdAt", "expiresAt") VALUES ($1, $2, $3, $4)
       ON CONFLICT ("appKey") DO UPDATE SET "applicationId" = excluded."applicationId",
         "createdAt" = excluded."createdAt", "expiresAt" = excluded."expiresAt"`,
      [appKey, applicationId, createdAt, expiresAt],
    );
  }

  /** Whether the app key names an application that has another one now. */
  async isAlias(appKey: string): Promise<boolean> {
    const [row] = await this.database.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM "AppKeyAlias" WHERE "appKey" = $1 AND ${LIVING_ALIAS}) AS "found"`,
      [appKey],
    );
    return row?.found === true;
  }

  /** How many the application answers to. */
  async countOf(applicationId: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `SELECT count(*)::integer AS "count" FROM "AppKeyAlias" WHERE "applicationId" = $1 AND ${LIVING_ALIAS}`,
      [applicationId],
    );
    return row?.count ?? 0;
  }

  /** Those to which the application answers, in the order in which they end. */
  livingOf(applicationId: string): Promise<Pick<AppKeyAliasEntity, 'appKey' | 'expiresAt'>[]> {
    return this.database.query(
      `SELECT "appKey", "expiresAt" FROM "AppKeyAlias" WHERE "applicationId" = $1 AND ${LIVING_ALIAS}
       ORDER BY "expiresAt", "appKey"`,
      [applicationId],
    );
  }

  async deleteExpired(): Promise<void> {
    await this.database.query(`DELETE FROM "AppKeyAlias" WHERE NOT (${LIVING_ALIAS})`);
  }
}
