import { rename, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { asApplication } from '../support/builders.js';
import {
  type Certificates,
  createCertificates,
  type TestAuthority,
  type TestCertificate,
} from '../support/certificates.js';
import { CommandLine, failed, misused } from '../support/command-line.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { ADMIN_KEY, AS_ADMIN } from '../support/secrets.js';
import { type SpawnedService, spawnService } from '../support/spawned-service.js';
import { itIn, type TestSet } from '../support/test-set.js';
import { type TlsAnswer, type TlsClientOptions, tlsRequest } from '../support/tls-request.js';

/** Mutual TLS of operators, with one process or, in the long set, with workers. */
export function clientCertificates(set: TestSet): void {
  type Headers = Readonly<Record<string, string>>;

  let certificates: Certificates;
  let server: { authority: TestAuthority; certificate: TestCertificate };
  let operators: TestAuthority;
  let others: TestAuthority;
  let clients: Record<'none' | 'other' | 'expired' | 'good', TestCertificate | undefined>;

  beforeAll(async () => {
    certificates = await createCertificates();
    const authority = await certificates.authority('Registry CA');
    server = { authority, certificate: await authority.issue('registry') };
    operators = await certificates.authority('Operators CA');
    others = await certificates.authority('Other CA');
    clients = {
      none: undefined,
      other: await others.issue('ann'),
      expired: await operators.issue('ann', { expired: true }),
      good: await operators.issue('ann'),
    };
  });
  afterAll(() => certificates.clear());

  const settings = (clientCaFile: string): Record<string, string> => ({
    TLS_CERT_FILE: server.certificate.certFile,
    TLS_KEY_FILE: server.certificate.keyFile,
    TLS_CLIENT_CA_FILE: clientCaFile,
    ENDPOINTS_REQUIRE_KEY: 'true',
  });

  const shownBy = (client: TestCertificate | undefined): TlsClientOptions =>
    client === undefined ? {} : { cert: client.cert, key: client.key };

  const ask = (
    service: SpawnedService,
    path: string,
    client: TestCertificate | undefined,
    options: TlsClientOptions = {},
  ): Promise<TlsAnswer> =>
    tlsRequest(`${service.url}${path}`, { ca: server.authority.cert, ...shownBy(client), ...options });

  async function created(
    service: SpawnedService,
    path: string,
    body: object,
  ): Promise<Record<string, string>> {
    const options = { method: 'POST', headers: AS_ADMIN, body };
    const answer = await ask(service, path, clients.good, options);
    expect([path, answer.status]).toEqual([path, 201]);
    return JSON.parse(answer.body) as Record<string, string>;
  }

  describe.each(set === 'short' ? [1] : [2])(
    'operators who need a certificate, with %i workers',
    (workers) => {
      let service: SpawnedService;
      let keys: Record<'admin' | 'operator' | 'bearer' | 'application' | 'anyone', Headers>;

      beforeAll(async () => {
        service = await spawnService({ ...settings(operators.certFile), WORKERS: String(workers) });
        await created(service, '/applications', { name: 'Orders', appKey: 'orders' });
        const { apiKey = '' } = await created(
          service,
          '/applications/orders/environments/production/api-keys',
          {
            name: 'deployment',
          },
        );
        await created(service, '/operators', { name: 'ann', kind: 'person', role: 'admin' });
        const { key = '' } = await created(service, '/operators/ann/keys', { name: 'laptop' });
        keys = {
          admin: AS_ADMIN,
          operator: { 'X-Admin-Key': key },
          bearer: { Authorization: `Bearer ${key}` },
          application: asApplication('orders', apiKey),
          anyone: {},
        };
      });
      afterAll(() => service.stop());

      const REFUSED = { admin: 401, operator: 401, bearer: 401, application: 200 };

      it.each([
        ['none', REFUSED],
        ['other', REFUSED],
        ['expired', REFUSED],
        ['good', { admin: 200, operator: 200, bearer: 200, application: 200 }],
      ] as const)('with the certificate %s get what their key opens, or 401', async (client, expected) => {
        for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
          const only = { minVersion: version, maxVersion: version };
          const statuses: Record<string, number> = {};
          for (const who of ['admin', 'operator', 'bearer', 'application'] as const) {
            const options = { ...only, headers: keys[who] };
            const answer = await ask(service, '/endpoints?app_key=orders', clients[client], options);
            statuses[who] = answer.status;
          }
          expect(statuses).toEqual(expected);
          const asAnyone = (path: string): Promise<TlsAnswer> => ask(service, path, clients[client], only);
          expect((await asAnyone('/health/live')).status).toBe(200);
          expect((await asAnyone('/openapi.json')).status).toBe(200);
          expect((await asAnyone('/applications')).status).toBe(401);
          const listed = await ask(service, '/applications', clients[client], {
            ...only,
            headers: keys.operator,
          });
          expect(listed.status).toBe(expected.operator);
        }
      });

      it('sign in with their certificate, and not without', async () => {
        const page = { 'X-Registry-Console': '1', 'Sec-Fetch-Site': 'same-origin' };
        const signIn = (client: TestCertificate | undefined): Promise<TlsAnswer> =>
          ask(service, '/session', client, { method: 'POST', headers: page, body: { key: ADMIN_KEY } });
        expect((await signIn(clients.none)).status).toBe(401);
        expect((await signIn(clients.other)).status).toBe(401);
        const signedIn = await signIn(clients.good);
        expect(signedIn.status).toBe(201);
        const session = { ...page, Cookie: String(signedIn.headers['set-cookie']).split(';')[0] ?? '' };
        expect((await ask(service, '/session', clients.good, { headers: session })).status).toBe(200);
        expect((await ask(service, '/session', clients.none, { headers: session })).status).toBe(401);
      });

      it('need their key all the same', async () => {
        expect((await ask(service, '/applications', clients.good)).status).toBe(401);
        const wrong = { headers: { 'X-Admin-Key': 'wrong' } };
        expect((await ask(service, '/applications', clients.good, wrong)).status).toBe(401);
      });

      it('are not taken for certified because a session without a certificate is resumed', async () => {
        for (const client of ['none', 'other', 'good'] as const) {
          const agent = new Agent({ keepAlive: false, maxCachedSessions: 100 });
          const one = (): Promise<TlsAnswer> =>
            ask(service, '/applications', clients[client], {
              agent,
              headers: keys.admin,
              minVersion: 'TLSv1.3',
            });
          const answers = [await one(), await one(), await one()];
          const status = client === 'good' ? 200 : 401;
          expect([client, answers.map((answer) => answer.status)]).toEqual([
            client,
            [status, status, status],
          ]);
          expect([client, answers.at(-1)?.resumed]).toEqual([client, true]);
          agent.destroy();
        }
      });

      it('use the command line with their certificate', async () => {
        const { certFile = '', keyFile = '' } = clients.good ?? {};
        const cli = new CommandLine({
          ownProcess: true,
          env: {
            MCP_REGISTRY_URL: service.url,
            MCP_REGISTRY_ADMIN_KEY: ADMIN_KEY,
            NODE_EXTRA_CA_CERTS: server.authority.certFile,
          },
        });
        const certified = cli.with({
          env: { MCP_REGISTRY_CLIENT_CERT_FILE: certFile, MCP_REGISTRY_CLIENT_KEY_FILE: keyFile },
        });
        expect(await certified.json('apps create invoices --name Invoices')).toMatchObject({
          appKey: 'invoices',
        });
        expect(await certified.json('apps list')).toMatchObject([
          { appKey: 'orders' },
          { appKey: 'invoices' },
        ]);
        expect(await certified.run('apps delete invoices --yes')).toMatchObject({ code: 0 });
        expect(await certified.run('apps show invoices')).toEqual(
          failed("Application not found: There is no application 'invoices'."),
        );
        expect(await cli.run('apps list')).toMatchObject({ code: 1, stdout: '' });
        const file = certificates.directory;
        expect(await cli.run(`apps list --client-cert-file ${certFile}`)).toEqual(
          misused('--client-cert-file and --client-key-file need each other'),
        );
        expect(
          await cli.run(`apps list --client-cert-file ${file}/absent --client-key-file ${keyFile}`),
        ).toEqual(misused(`--client-cert-file: ${file}/absent cannot be read (ENOENT)`));
        expect(
          await cli.run(
            `apps list --url http://localhost --client-cert-file ${certFile} --client-key-file ${keyFile}`,
          ),
        ).toEqual(misused('--client-cert-file needs a registry with https'));
        expect(
          await cli.run(
            `apps list --client-cert-file ${certFile} --client-key-file ${server.certificate.keyFile}`,
          ),
        ).toMatchObject({
          code: 2,
          stderr: expect.stringMatching(/^--client-cert-file and --client-key-file cannot be used: .*\n$/),
        });
        expect(await certified.with({ env: { NODE_EXTRA_CA_CERTS: '' } }).run('apps list')).toMatchObject({
          code: 1,
          stderr: expect.stringMatching(/cannot be reached: .*certificate/),
        });
        expect(
          await certified.with({ env: { MCP_REGISTRY_URL: 'https://127.0.0.1:1' } }).run('apps list'),
        ).toEqual(failed('https://127.0.0.1:1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1'));
      });

      it('find the reason in the audit trail, and nothing of their key', async () => {
        for (const headers of [keys.bearer, keys.operator]) {
          await ask(service, '/operators', clients.none, { headers });
        }
        const refusals = (): Promise<object[]> =>
          service.database.query(
            `SELECT DISTINCT "actor", "operatorName" FROM "AuditLog" WHERE "reason" = 'client-certificate-required'`,
          );
        await eventually(refusals, { fits: (rows) => rows.length > 0 });
        expect(await refusals()).toEqual([{ actor: 'anonymous', operatorName: null }]);
      });
    },
  );

  /** Kills the first worker, if there are workers, and waits for the next one in its place. */
  async function replaceWorker(service: SpawnedService): Promise<void> {
    const pids = (): string[] =>
      [...service.output().matchAll(/Worker 1 is ready: process (\d+)/g)].map(([, pid = '']) => pid);
    const [pid] = pids();
    if (pid === undefined) return;
    process.kill(Number(pid), 'SIGKILL');
    await eventually(pids, { fits: ({ length }) => length === 2 });
  }

  describe.each(set === 'short' ? [1] : [2])('the authorities of operators, with %i workers', (workers) => {
    itIn('long', set)(
      'are replaced: a new one counts for new connections, one taken out for none any more',
      async () => {
        const file = join(certificates.directory, `authorities-${workers}.pem`);
        const replace = async (...authorities: TestAuthority[]): Promise<void> => {
          await writeFile(`${file}.next`, authorities.map(({ cert }) => cert).join(''));
          await rename(`${file}.next`, file);
        };
        await replace(operators);
        const service = await spawnService({ ...settings(file), WORKERS: String(workers) });
        const kept = new Agent({ keepAlive: true, maxSockets: 1 });
        const resuming = new Agent({ keepAlive: false, maxCachedSessions: 100 });
        const listed = (client: TestCertificate | undefined, agent?: Agent): Promise<TlsAnswer> =>
          ask(service, '/applications', client, { headers: AS_ADMIN, agent });
        /** The statuses of as many new connections as surely reach every worker. */
        const statuses = async (client: TestCertificate | undefined): Promise<string> => {
          const found = new Set<number>();
          for (let asked = 0; asked < 2 * workers; asked += 1) found.add((await listed(client)).status);
          return [...found].sort().join(' ');
        };
        try {
          const first = await listed(clients.good, kept);
          expect(first.status).toBe(200);
          expect(await statuses(clients.other)).toBe('401');

          await replace(operators, others);
          await eventually(() => statuses(clients.other), { fits: (found) => found === '200', every: 200 });
          expect(await listed(clients.good, kept)).toMatchObject({ status: 200, localPort: first.localPort });
          expect((await listed(clients.good, resuming)).status).toBe(200);

          await replace(others);
          await eventually(() => statuses(clients.good), { fits: (found) => found === '401', every: 200 });
          expect(await statuses(clients.other)).toBe('200');
          // On the connection that was certified by the authority, and in the session of another one.
          expect(await listed(clients.good, kept)).toMatchObject({ status: 401, localPort: first.localPort });
          expect((await listed(clients.good, resuming)).status).toBe(401);
          // Node.js gives a worker that takes the place of another one the keys of session tickets of the start.
          await replaceWorker(service);
          for (let asked = 0; asked < 2 * workers; asked += 1) {
            const { session } = first;
            const answer = await ask(service, '/applications', clients.good, { headers: AS_ADMIN, session });
            expect(answer.status).toBe(401);
          }
        } finally {
          for (const agent of [kept, resuming]) agent.destroy();
          await service.stop();
        }
      },
    );
  });
}
