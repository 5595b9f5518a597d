import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { knownSettings } from '../support/known-settings.js';
import { selfSignedCertificate } from '../support/self-signed-certificate.js';

interface ComposeService {
  readonly image?: string;
  readonly build?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
}

interface Compose {
  readonly services: { readonly registry: ComposeService; readonly postgres: ComposeService };
  readonly volumes: Readonly<Record<string, unknown>>;
}

const repositoryFile = (name: string): Promise<string> =>
  readFile(new URL(`../../../${name}`, import.meta.url), 'utf8');

describe('docker-compose.yml', () => {
  let compose: Compose;

  beforeAll(async () => {
    compose = parse(await repositoryFile('docker-compose.yml')) as Compose;
  });

  it('sets only what the service reads', async () => {
    const known = await knownSettings();
    expect(Object.keys(compose.services.registry.environment).filter((name) => !known.has(name))).toEqual([]);
  });

  it('takes every secret from outside and has a default for none', () => {
    const required = (name: string): string => `\${${name}:?set it in the environment or in .env}`;
    const { registry, postgres } = compose.services;
    expect(registry.environment.SECRET_KEY).toBe(required('SECRET_KEY'));
    expect(registry.environment.REGISTRY_ADMIN_KEY).toBe(required('REGISTRY_ADMIN_KEY'));
    expect(registry.environment.NODE_ENV).toBe('production');
    expect(postgres.environment.POSTGRES_PASSWORD).toBe(required('POSTGRES_PASSWORD'));
    expect(registry.environment.DATABASE_URL).toBe(
      `postgresql://${postgres.environment.POSTGRES_USER}:${required('POSTGRES_PASSWORD')}@postgres:5432/${postgres.environment.POSTGRES_DB}`,
    );
  });

  it('starts the service after a healthy database whose data outlives it', () => {
    const { registry, postgres } = compose.services;
    expect(registry.build).toBe('.');
    expect(registry.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(postgres.image).toBe('postgres:17');
    expect(postgres.healthcheck.test).toContain('pg_isready');
    expect(postgres.volumes).toEqual(['postgres-data:/var/lib/postgresql/data']);
    expect(Object.keys(compose.volumes)).toEqual(['postgres-data']);
  });

  it('lets neither container write beyond its volumes nor gain privileges', () => {
    const { registry, postgres } = compose.services;
    for (const service of [registry, postgres]) {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
    expect([registry.tmpfs, registry.cap_add, registry.volumes]).toEqual([['/tmp'], undefined, undefined]);
    expect(postgres.cap_add).toEqual(['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID']);
  });
});

describe('health checks of the containers', () => {
  let server: Server;
  let tlsServer: Server;
  let asked: string[];
  let status: number;

  beforeAll(async () => {
    const answer: RequestListener = (request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status).end();
    };
    server = createServer(answer);
    tlsServer = createTlsServer(selfSignedCertificate('registry.example.com'), answer);
    for (const each of [server, tlsServer]) {
      await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
    }
  });
  afterAll(() => {
    for (const each of [server, tlsServer]) each.close();
  });

  /** Runs a check against the stand-in, as Docker would in the container; gives its exit code. */
  async function run([program = '', ...parameters]: readonly string[], settings = {}): Promise<unknown> {
    asked = [];
    const { port } = server.address() as AddressInfo;
    const local = parameters.map((each) => each.replace('127.0.0.1:8000', `127.0.0.1:${port}`));
    return promisify(execFile)(program, local, {
      env: { PATH: process.env.PATH, PORT: String(port), ...settings },
    }).then(
      () => 0,
      (error: unknown) => (error as { code: unknown }).code,
    );
  }

  async function inDockerfile(): Promise<string[]> {
    const [, command = '[]'] =
      /^HEALTHCHECK .*\\\n *CMD (\[.*\])$/m.exec(await repositoryFile('Dockerfile')) ?? [];
    return JSON.parse(command) as string[];
  }

  it('ask the process of the image whether it lives, below its base path', async () => {
    const command = await inDockerfile();
    status = 200;
    expect([await run(command), asked]).toEqual([0, ['/health/live']]);
    expect([await run(command, { BASE_PATH: '/api/' }), asked]).toEqual([0, ['/api/health/live']]);
    const { port } = tlsServer.address() as AddressInfo;
    const tls = { PORT: String(port), TLS_CERT_FILE: '/tls/tls.crt' };
    expect([await run(command, tls), asked]).toEqual([0, ['/health/live']]);
    status = 503;
    expect(await run(command)).toBe(1);
    expect(await run(command, tls)).toBe(1);
    expect(await run(command, { PORT: '1' })).toBe(1);
  });

  it('ask the composed service whether it is ready', async () => {
    const compose = parse(await repositoryFile('docker-compose.yml')) as Compose;
    const [kind, ...command] = compose.services.registry.healthcheck.test;
    expect(kind).toBe('CMD');
    status = 200;
    expect([await run(command), asked]).toEqual([0, ['/health/ready']]);
    status = 503;
    expect(await run(command)).toBe(1);
  });
});
