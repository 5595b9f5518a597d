import pg from 'pg';
import { waitForDatabase } from '#libs/database/wait-for-database.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { runImport } from '../support/run-import.js';
import { AS_ADMIN, GIVEN_SECRETS } from '../support/secrets.js';
import { createTestDatabase } from '../support/test-database.js';
import { startTlsDatabase, type TlsDatabase } from '../support/tls-database.js';

let tls: TlsDatabase;
let sandbox: ProcessSandbox;

beforeAll(async () => {
  tls = await startTlsDatabase();
  sandbox = await createProcessSandbox();
});
afterAll(async () => {
  await sandbox.clear();
  await tls.stop();
});

/** The URL the service would use, or why it would not start. */
const reached = (url: string): Promise<string> =>
  waitForDatabase(url, {
    timeoutSeconds: 30,
    signal: new AbortController().signal,
    setting: 'DATABASE_URL',
  }).catch((error: unknown) => (error as Error).message);

describe('TLS to the database', () => {
  it('is what sslmode and sslrootcert ask for', async () => {
    const { authority, otherAuthority } = tls;
    const lets = [
      ['localhost', 'sslmode=require'],
      ['localhost', 'sslmode=no-verify'],
      ['localhost', 'sslmode=prefer'],
      ['localhost', `sslmode=verify-full&sslrootcert=${authority}`],
      ['127.0.0.1', `sslmode=verify-ca&sslrootcert=${authority}`],
      ['127.0.0.1', `sslmode=require&sslrootcert=${authority}`],
      ['localhost', `sslmode=verify-full&sslrootcert=${authority}&sslnegotiation=direct`],
    ] as const;
    for (const [host, query] of lets) {
      const url = tls.url(host, query);
      expect(await reached(url)).toBe(url);
    }
    const refuses = [
      ['localhost', 'sslmode=verify-full', /self-signed certificate/],
      ['localhost', `sslmode=verify-full&sslrootcert=${otherAuthority}`, /self-signed certificate/],
      ['localhost', `sslmode=verify-ca&sslrootcert=${otherAuthority}`, /self-signed certificate/],
      ['localhost', `sslmode=require&sslrootcert=${otherAuthority}`, /self-signed certificate/],
      [
        '127.0.0.1',
        `sslmode=verify-full&sslrootcert=${authority}`,
        /IP: 127\.0\.0\.1 is not in the cert's list/,
      ],
    ] as const;
    for (const [host, query, reason] of refuses) {
      const message = await reached(tls.url(host, query));
      expect(message).toMatch(/^cannot connect: .*; check DATABASE_URL$/);
      expect(message).toMatch(reason);
    }
  });

  it('is done without, when the server has none, only with sslmode=prefer', async () => {
    const plain = (mode: string): string => `${process.env.TEST_CLUSTER_URL ?? ''}?sslmode=${mode}`;
    expect(await reached(plain('prefer'))).toBe(plain('disable'));
    expect(await reached(plain('require'))).toBe(
      'cannot connect: The server does not support SSL connections; check DATABASE_URL',
    );
  });

  it('is what the URL of an import asks for, with an authority of their own too', async () => {
    const target = await createTestDatabase();
    const administrator = new pg.Client(tls.url('127.0.0.1', ''));
    await administrator.connect();
    await administrator.query('CREATE DATABASE "reference"');
    await administrator.end();
    const sourceUrl = (host: string, query: string): string => {
      const url = new URL(tls.url(host, query));
      url.pathname = '/reference';
      return url.href;
    };
    const source = new pg.Client(sourceUrl('127.0.0.1', ''));
    await source.connect();
    await source.query(
      `CREATE TABLE applications (id text, name text, "appKey" text);
       CREATE TABLE environments (id text, name text, "applicationId" text);
       INSERT INTO applications VALUES ('app-1', 'Orders', 'orders')`,
    );
    await source.end();
    const imported = async (host: string, query: string): Promise<string> => {
      const { code, stderr } = await runImport(['reference', '-', '--json', '--dry-run'], {
        databaseUrl: target.url,
        sourceUrl: sourceUrl(host, query),
      });
      return code === 0 ? 'imported' : stderr;
    };
    const { authority, otherAuthority } = tls;
    for (const [host, query] of [
      ['localhost', 'sslmode=require'],
      ['localhost', 'sslmode=prefer'],
      ['127.0.0.1', `sslmode=require&sslrootcert=${authority}`],
      ['localhost', `sslmode=verify-full&sslrootcert=${authority}&schema=public`],
    ] as const) {
      expect(await imported(host, query)).toBe('imported');
    }
    for (const [host, query, reason] of [
      ['localhost', 'sslmode=verify-full', /self-signed certificate/],
      ['localhost', `sslmode=require&sslrootcert=${otherAuthority}`, /self-signed certificate/],
      ['127.0.0.1', `sslmode=verify-full&sslrootcert=${authority}`, /is not in the cert's list/],
    ] as const) {
      const message = await imported(host, query);
      expect(message).toMatch(/ cannot be read: cannot connect: .*; check the URL to import from\n$/);
      expect(message).toMatch(reason);
    }
    await target.drop();
  });

  it('covers migrations, pool and the announcements of changes, and nothing warns of it', async () => {
    const service = sandbox.start({
      ...GIVEN_SECRETS,
      DATABASE_URL: tls.url(
        'localhost',
        'sslmode=require&application_name=over-tls&options=-c%20lock_timeout%3D9s',
      ),
    });
    const url = await service.ready;
    expect((await fetch(`${url}/applications`, { headers: AS_ADMIN })).status).toBe(200);
    const observer = new pg.Client(tls.url('127.0.0.1', ''));
    await observer.connect();
    const connections = async (): Promise<object[]> =>
      (
        await observer.query<object>(
          `SELECT DISTINCT s."ssl", a."query" LIKE '%pg_notify%' AS "listens"
           FROM pg_stat_ssl s JOIN pg_stat_activity a USING ("pid")
           WHERE a."application_name" = 'over-tls' ORDER BY 2`,
        )
      ).rows;
    await eventually(connections, { fits: (rows) => rows.length === 2 });
    expect(await connections()).toEqual([
      { ssl: true, listens: false },
      { ssl: true, listens: true },
    ]);
    await observer.end();
    service.signal('SIGTERM');
    const { code, stderr } = await service.exited;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
