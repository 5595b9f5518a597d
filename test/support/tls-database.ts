import { chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '#libs/embedded-postgres/start-embedded-postgres.js';
import { eventually } from './eventually.js';
import { selfSignedCertificate } from './self-signed-certificate.js';

/** A PostgreSQL that speaks TLS, with a certificate for `localhost`. */
export interface TlsDatabase {
  /** A URL with this host and these query parameters. */
  url(host: string, query: string): string;
  /** The file with the certificate, its own authority. */
  readonly authority: string;
  /** One with a certificate that has nothing to do with it. */
  readonly otherAuthority: string;
  stop(): Promise<void>;
}

export async function startTlsDatabase(): Promise<TlsDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-tls-'));
  const dataDir = join(directory, 'data');
  const server = await startEmbeddedPostgres({ dataDir, parameters: { fsync: 'off' } });
  const [authority, otherAuthority] = [join(directory, 'ca.pem'), join(directory, 'other-ca.pem')];
  const { key, cert } = selfSignedCertificate('localhost');
  await writeFile(authority, cert);
  await writeFile(otherAuthority, selfSignedCertificate('localhost').cert);
  const cluster = join(dataDir, 'postgres');
  const { uid, gid } = await stat(cluster);
  for (const [name, content] of [
    ['server.key', key],
    ['server.crt', cert],
  ] as const) {
    await writeFile(join(cluster, name), content, { mode: 0o600 });
    await chown(join(cluster, name), uid, gid);
  }
  const client = new pg.Client(server.url);
  await client.connect();
  await client.query('ALTER SYSTEM SET ssl = on');
  await client.query('SELECT pg_reload_conf()');
  await eventually(async () => (await client.query<{ ssl: string }>('SHOW ssl')).rows[0]?.ssl === 'on');
  await client.end();
  return {
    url: (host, query) => {
      const url = new URL(server.url);
      url.hostname = host;
      url.search = query;
      return url.href;
    },
    authority,
    otherAuthority,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
