import { createTestDatabase, type TestDatabase } from './test-database.js';

/** The tables of the reference registry, as its present version makes them. */
const TABLES = `
  CREATE TABLE applications (
    id text PRIMARY KEY, name text NOT NULL, description text, "appKey" text NOT NULL UNIQUE,
    status text NOT NULL DEFAULT 'ACTIVE', "authenticationMethod" text, "userId" text NOT NULL DEFAULT 'user',
    "healthCheckUrl" text, "healthStatus" text NOT NULL DEFAULT 'UNKNOWN', "lastHealthCheckAt" timestamp(3),
    "consecutiveFailures" integer NOT NULL DEFAULT 0, "consecutiveSuccesses" integer NOT NULL DEFAULT 0,
    "createdAt" timestamp(3) NOT NULL DEFAULT '2024-01-02 03:04:05.678', "updatedAt" timestamp(3) NOT NULL DEFAULT '2024-02-03 04:05:06.789');
  CREATE TABLE environments (
    id text PRIMARY KEY, name text NOT NULL, description text, status text NOT NULL DEFAULT 'ACTIVE', "baseDomain" text,
    "healthStatus" text NOT NULL DEFAULT 'UNKNOWN', "lastHealthCheckAt" timestamp(3),
    "environmentType" text NOT NULL DEFAULT 'APPLICATION', "vaultKey" text, "customPrompt" text, "applicationId" text REFERENCES applications,
    "createdAt" timestamp(3) NOT NULL DEFAULT '2024-01-02 03:04:05.678', "updatedAt" timestamp(3) NOT NULL DEFAULT '2024-02-03 04:05:06.789');
  CREATE TABLE environment_security (
    id text PRIMARY KEY, "environmentId" text NOT NULL UNIQUE REFERENCES environments,
    "rateLimitEnabled" boolean NOT NULL DEFAULT true, "rateLimitRequests" integer, "rateLimitWindow" integer, "vaultKey" text,
    "createdAt" timestamp(3) NOT NULL DEFAULT '2024-01-02 03:04:05.678', "updatedAt" timestamp(3) NOT NULL DEFAULT '2024-02-03 04:05:06.789');
  CREATE TABLE endpoints (
    id text PRIMARY KEY, name text NOT NULL, path text NOT NULL, method text NOT NULL, description text,
    "isPublic" boolean NOT NULL DEFAULT false, "pathParams" text, "queryParams" text, "requestBody" text, "responseBody" text,
    "applicationId" text NOT NULL REFERENCES applications, "environmentId" text REFERENCES environments,
    "createdAt" timestamp(3) NOT NULL DEFAULT '2024-01-02 03:04:05.678', "updatedAt" timestamp(3) NOT NULL DEFAULT '2024-02-03 04:05:06.789');
  CREATE TABLE api_keys (
    id text PRIMARY KEY, name text NOT NULL, token text NOT NULL UNIQUE, status text NOT NULL DEFAULT 'ACTIVE',
    "expiresAt" timestamp(3), "lastUsed" timestamp(3), "applicationId" text NOT NULL REFERENCES applications,
    "environmentId" text NOT NULL REFERENCES environments, "userId" text NOT NULL DEFAULT 'user',
    "createdAt" timestamp(3) NOT NULL DEFAULT '2024-01-02 03:04:05.678', "updatedAt" timestamp(3) NOT NULL DEFAULT '2024-02-03 04:05:06.789');
  CREATE TABLE health_check_logs (
    id text PRIMARY KEY, "applicationId" text NOT NULL, "environmentId" text, status text NOT NULL, "statusCode" integer,
    "responseTime" double precision, message text, "createdAt" timestamp(3) NOT NULL);
  CREATE TABLE audit_logs (
    id text PRIMARY KEY, action text NOT NULL, details text, "ipAddress" text, "userAgent" text,
    "createdAt" timestamp(3) NOT NULL, "applicationId" text);`;

/** Of an early version: fewer tables and columns, numbers as ids, times as text, nothing that keeps order. */
const EARLY_TABLES = `
  CREATE TABLE applications (id integer, name text, "appKey" text, "createdAt" text, status text);
  CREATE TABLE environments (id integer, name text, "applicationId" integer);
  CREATE TABLE endpoints (id integer, name text, path text, method text, "applicationId" integer, "pathParams" jsonb,
    "isPublic" text);
  CREATE TABLE api_keys (id integer, token text, "applicationId" integer, "expiresAt" text);`;

/** A database such as the reference registry has, with nothing in it. */
export async function createReferenceDatabase({ early = false } = {}): Promise<TestDatabase> {
  const database = await createTestDatabase({ migrated: false });
  await database.query(early ? EARLY_TABLES : TABLES);
  return database;
}

/** Inserts rows; columns are those of the first one. */
export async function insertRows(
  database: TestDatabase,
  table: string,
  ...rows: readonly Readonly<Record<string, unknown>>[]
): Promise<void> {
  for (const row of rows) {
    const columns = Object.keys(row);
    await database.query(
      `INSERT INTO ${table} (${columns.map((column) => `"${column}"`).join(', ')})
       VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
      Object.values(row),
    );
  }
}
