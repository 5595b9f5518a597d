import { type IssuedKey, issueKey } from './builders.js';
import { AS_ADMIN, type TestApp } from './start-app.js';

/** A key of the application's production, revoked. */
export async function revokedKey(app: TestApp, appKey: string): Promise<IssuedKey> {
  const key = await issueKey(app, appKey);
  await app.http
    .delete(`/applications/${appKey}/environments/production/api-keys/${key.id}`)
    .set(AS_ADMIN)
    .expect(204);
  return key;
}

/** A key of the application's production whose time is over. */
export async function expiredKey(app: TestApp, appKey: string): Promise<IssuedKey> {
  const key = await issueKey(app, appKey);
  await app.database.query(`UPDATE "ApiKey" SET "expiresAt" = now() WHERE "id" = $1`, [key.id]);
  return key;
}

/** A key of the application, which is made inactive. */
export async function keyOfInactiveApplication(app: TestApp, appKey: string): Promise<IssuedKey> {
  const key = await issueKey(app, appKey);
  await app.http.put(`/applications/${appKey}`).set(AS_ADMIN).send({ status: 'INACTIVE' }).expect(200);
  return key;
}

/** A key of the application's production, which is made inactive. */
export async function keyOfInactiveEnvironment(app: TestApp, appKey: string): Promise<IssuedKey> {
  const key = await issueKey(app, appKey);
  await app.http
    .put(`/applications/${appKey}/environments/production`)
    .set(AS_ADMIN)
    .send({ status: 'INACTIVE' })
    .expect(200);
  return key;
}
