import { randomUUID } from 'node:crypto';
import { hash } from 'bcryptjs';
import type { TestApp } from './start-app.js';

/** Stores the hash of a key the registry did not make, as an operator does who moves from another registry. */
export async function importHash(app: TestApp, environmentId: string, hashedKey: string): Promise<string> {
  const id = randomUUID();
  await app.database.query(
    `INSERT INTO "ApiKey" ("id", "name", "hashedKey", "environmentId") VALUES ($1, 'imported', $2, $3)`,
    [id, hashedKey, environmentId],
  );
  return id;
}

/** As {@link importHash}, of a key known in clear. */
export async function importKey(app: TestApp, environmentId: string, key: string): Promise<string> {
  return importHash(app, environmentId, await hash(key, 4));
}
