import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import pg from 'pg';
import { newId } from '#libs/database/new-id.js';
import { ready } from '../processes/bench-script.js';

/**
 * Bare Fastify and a bare pool on `DATABASE_URL`, as large as the service's. It executes the statements that the service
 * sends for `PUT /applications/{app_key}` with an admin key and a new description, in one transaction, and responds with
 * the changed row. It validates no input and checks no key.
 */
const POOL_SIZE = 20;

const SELECT = `
  SELECT "id", "name", "description", "appKey", "status", "authenticationMethod", "healthCheckUrl", "healthStatus",
         "lastHealthCheckAt", "consecutiveFailures", "consecutiveSuccesses", "createdAt", "updatedAt"
  FROM "Application" WHERE "appKey" = $1 LIMIT 1 FOR UPDATE`;
const UPDATE = `UPDATE "Application" SET "description" = $1, "updatedAt" = $2 WHERE "id" = $3`;
const INSERT = `
  WITH "entries" AS (
    INSERT INTO "AuditLog" ("id", "createdAt", "action", "actor", "apiKeyId", "appKey", "applicationId", "environment",
      "environmentId", "resourceType", "resourceId", "before", "after", "reason", "occurrences", "ipAddress", "userAgent",
      "requestId", "operatorName", "via")
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
  )
  INSERT INTO "AuditSeal" ("entryId", "mac", "isRefused") VALUES ($1, $21, true)`;
/** In the place of an HMAC: the service on the same database is not to look at it. */
const MAC = 'ab'.repeat(32);

interface Row {
  readonly id: string;
  readonly description: string | null;
}

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: POOL_SIZE });

async function update(appKey: string, description: string, request: fastify.FastifyRequest): Promise<Row> {
  const client = await pool.connect();
  try {
    await client.query('START TRANSACTION');
    const { rows } = await client.query<Row>(SELECT, [appKey]);
    const [before] = rows;
    if (before === undefined) throw new Error(`There is no application ${appKey}`);
    const { id } = before;
    const now = new Date();
    await client.query(UPDATE, [description, now, id]);
    await client.query(INSERT, [
      newId(),
      now,
      'application.updated',
      'admin',
      null,
      appKey,
      id,
      null,
      null,
      'application',
      id,
      JSON.stringify({ description: before.description }),
      JSON.stringify({ description }),
      null,
      1,
      request.socket.remoteAddress,
      request.headers['user-agent'] ?? null,
      request.id,
      'REGISTRY_ADMIN_KEY',
      'api',
      MAC,
    ]);
    await client.query('COMMIT');
    return { ...before, description };
  } finally {
    client.release();
  }
}

const server = fastify();
server.put<{ Params: { app_key: string }; Body: { description: string } }>(
  '/applications/:app_key',
  (request) => update(request.params.app_key, request.body.description, request),
);
await server.listen({ host: '127.0.0.1', port: 0 });
const { port } = server.server.address() as AddressInfo;
ready(`http://127.0.0.1:${port}`);
