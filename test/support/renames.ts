import type { Response } from 'supertest';
import { AS_ADMIN, type TestApp } from './start-app.js';

type Headers = Readonly<Record<string, string>>;

/** Renames an application. */
export function renameApplication(
  { http }: Pick<TestApp, 'http'>,
  appKey: string,
  body: object,
  headers: Headers = {},
): Promise<Response> {
  return Promise.resolve(
    http
      .post(`/applications/${appKey}/rename`)
      .set({ ...AS_ADMIN, ...headers })
      .send(body),
  );
}

/** Renames an environment. */
export function renameEnvironment(
  { http }: Pick<TestApp, 'http'>,
  appKey: string,
  environment: string,
  body: object,
  headers: Headers = {},
): Promise<Response> {
  return Promise.resolve(
    http
      .post(`/applications/${appKey}/environments/${environment}/rename`)
      .set({ ...AS_ADMIN, ...headers })
      .send(body),
  );
}

/** Lets the time of an alias pass. */
export async function expireAlias({ database }: Pick<TestApp, 'database'>, appKey: string): Promise<void> {
  await database.query(
    `UPDATE "AppKeyAlias" SET "expiresAt" = now() - interval '1 second' WHERE "appKey" = $1`,
    [appKey],
  );
}
