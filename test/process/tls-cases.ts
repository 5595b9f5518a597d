import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import {
  type Certificates,
  createCertificates,
  type TestAuthority,
  type TestCertificate,
} from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '../support/jest.js';
import { figureOf } from '../support/metrics-text.js';
import { rawExchange } from '../support/raw-connection.js';
import { AS_ADMIN } from '../support/secrets.js';
import { type SpawnedService, spawnService } from '../support/spawned-service.js';
import { itIn, type TestSet } from '../support/test-set.js';
import { type TlsAnswer, type TlsClientOptions, tlsRequest } from '../support/tls-request.js';

/** HTTPS of the service's own; the long set has every way in which files change, and workers. */
export function tls(set: TestSet): void {
  const HEAD = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n';

  let certificates: Certificates;
  let authority: TestAuthority;
  let certificate: TestCertificate;

  beforeAll(async () => {
    certificates = await createCertificates();
    authority = await certificates.authority('Registry CA');
    certificate = await authority.issue('registry');
  });
  afterAll(() => certificates.clear());

  const fingerprintOf = ({ cert }: TestCertificate): string => new X509Certificate(cert).fingerprint256;

  const tlsSettings = ({ certFile, keyFile }: TestCertificate): Record<string, string> => ({
    TLS_CERT_FILE: certFile,
    TLS_KEY_FILE: keyFile,
  });

  const ask = (
    { url }: { url: string },
    path = '/health/live',
    options: TlsClientOptions = {},
  ): Promise<TlsAnswer> => tlsRequest(`${url}${path}`, { ca: authority.cert, ...options });

  /** A TLS connection, once its handshake is over. */
  async function connection({ url }: SpawnedService, options: ConnectionOptions = {}): Promise<TLSSocket> {
    const socket = connectTls({
      host: '127.0.0.1',
      port: Number(new URL(url).port),
      ca: authority.cert,
      ...options,
    });
    await once(socket, 'secureConnect');
    return socket;
  }

  /** Writes on a TLS connection of its own, and gives all that comes back until the server closes it. */
  async function exchange(service: SpawnedService, bytes: string): Promise<string> {
    const socket = await connection(service);
    socket.write(bytes);
    return text(socket);
  }

  /** What the log says so far. */
  function messagesOf(service: SpawnedService): string[] {
    const lines = service
      .output()
      .split('\n')
      .filter((line) => /^\{.*\}$/.test(line));
    return lines.map((line) => (JSON.parse(line) as { message: string }).message);
  }

  describe('a service with a certificate', () => {
    let service: SpawnedService;

    beforeAll(async () => {
      service = await spawnService({
        ...tlsSettings(certificate),
        REQUEST_TIMEOUT: '2',
        METRICS_PORT: '0',
        METRICS_HOST: '127.0.0.1',
      });
    });
    afterAll(() => service.stop());

    const metricsUrl = (): string => / {2}Metrics +(\S+)/.exec(service.output())?.[1] ?? '';

    it('answers HTTPS under the URL that it names, with HTTP/1.1 and TLS 1.2 or 1.3', async () => {
      expect(service.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
      expect(await ask(service)).toMatchObject({ status: 200, fingerprint: fingerprintOf(certificate) });
      expect((await ask(service, '/applications', { headers: AS_ADMIN })).status).toBe(200);
      for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
        const socket = await connection(service, {
          minVersion: version,
          maxVersion: version,
          ALPNProtocols: ['h2', 'http/1.1'],
        });
        expect([socket.getProtocol(), socket.alpnProtocol]).toEqual([version, 'http/1.1']);
        socket.destroy();
      }
    });

    it('refuses TLS 1.1', async () => {
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      await expect(ask(service, '/health/live', old)).rejects.toThrow(/alert protocol version/);
    });

    it('closes connections of plain HTTP without an answer, and goes on', async () => {
      const plain = service.url.replace('https:', 'http:');
      // An alert of TLS is all that OpenSSL may say.
      expect(await rawExchange(plain, `${HEAD}\r\n`)).not.toContain('HTTP');
      expect(
        await rawExchange(plain, Buffer.from([0x16, 3, 1, 0xff, 0xff, 1, 2, 3]), { halfClose: true }),
      ).not.toContain('HTTP');
      expect((await ask(service)).status).toBe(200);
    });

    it('gives handshakes and heads their time and no more', async () => {
      const begin = Date.now();
      const silent = connectTcp({ host: '127.0.0.1', port: Number(new URL(service.url).port) });
      const [slow] = await Promise.all([exchange(service, HEAD), once(silent.resume(), 'close')]);
      expect(slow).toMatch(/^HTTP\/1\.1 408 /);
      expect(Date.now() - begin).toBeLessThan(15_000);
    });

    it('bounds heads as without TLS', async () => {
      expect(await exchange(service, `${HEAD}X-Long: ${'x'.repeat(17_000)}\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 431 /,
      );
      expect(await exchange(service, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
      const many = Array.from({ length: 101 }, (_, index) => `X-${index}: 1\r\n`).join('');
      expect(await exchange(service, `${HEAD}${many}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    });

    it('tells in log and metrics until when the certificate is valid', async () => {
      const { validTo } = new X509Certificate(certificate.cert);
      const end = new Date(validTo);
      expect(service.output()).toContain(
        `The certificate of DNS:localhost, IP Address:127.0.0.1 is used, until ${end.toISOString()}`,
      );
      expect(metricsUrl()).toMatch(/^http:/);
      const metrics = await (await fetch(metricsUrl())).text();
      const name = 'mcp_registry_tls_certificate_not_after_seconds';
      expect(figureOf(`${name}{certificate="service"}`, metrics)).toBe(end.getTime() / 1000);
      expect(metrics).not.toContain(`${name}{certificate="operators"}`);
    });

    it('stops without waiting for connections on which nothing was asked, or that are shaking hands', async () => {
      const opened = await connection(service);
      const asked = new Agent({ keepAlive: true });
      await ask(service, '/health/live', { agent: asked });
      const half = connectTcp({ host: '127.0.0.1', port: Number(new URL(service.url).port) });
      half.on('error', () => undefined);
      await once(half, 'connect');
      half.write(Buffer.from([0x16, 3, 1]));
      opened.on('error', () => undefined);
      const begin = Date.now();
      service.signal('SIGTERM');
      const { code, stderr } = await service.exited;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(Date.now() - begin).toBeLessThan(1900);
      for (const each of [opened, half, asked]) each.destroy();
    });
  });

  describe.each(set === 'short' ? [1] : [1, 2])('changed files, with %i workers', (workers) => {
    const services: SpawnedService[] = [];

    afterEach(async () => {
      for (const service of services.splice(0)) await service.stop();
    });

    async function start(settings: Record<string, string>): Promise<SpawnedService> {
      const service = await spawnService({ WORKERS: String(workers), ...settings });
      services.push(service);
      return service;
    }

    /** The certificates that as many new connections show as surely reach every worker. */
    async function shown(service: SpawnedService, options: TlsClientOptions = {}): Promise<string[]> {
      const answers: TlsAnswer[] = [];
      for (let asked = 0; asked < 2 * workers; asked += 1)
        answers.push(await ask(service, '/health/live', options));
      return [...new Set(answers.map(({ fingerprint }) => fingerprint))];
    }

    async function folder(name: string, { cert, key }: TestCertificate): Promise<string> {
      const path = join(certificates.directory, `${name}-${workers}`);
      await mkdir(path);
      await writeFile(join(path, 'tls.crt'), cert);
      await writeFile(join(path, 'tls.key'), key);
      return path;
    }

    const isOnly = (one: TestCertificate) => (all: string[]) =>
      all.length === 1 && all[0] === fingerprintOf(one);

    it('are used after a rename, one file after the other; connections go on', async () => {
      const path = await folder('renamed', certificate);
      const service = await start({
        TLS_CERT_FILE: join(path, 'tls.crt'),
        TLS_KEY_FILE: join(path, 'tls.key'),
      });
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const before = await ask(service, '/health/live', { agent });
      const next = await authority.issue('registry');
      const replace = async (file: string, content: string): Promise<void> => {
        await writeFile(join(path, 'next'), content);
        await rename(join(path, 'next'), join(path, file));
      };

      await replace('tls.crt', next.cert);
      const warning = 'The changed TLS files are not used';
      const warnings = (): number => service.output().split(warning).length - 1;
      await eventually(warnings, { fits: (count) => count === workers });
      expect(messagesOf(service)).toContain(
        `${warning}, and what was read before stays: TLS_KEY_FILE is "${join(path, 'tls.key')}", which is not the key of the certificate in "${join(path, 'tls.crt')}"`,
      );
      expect(await shown(service)).toEqual([fingerprintOf(certificate)]);

      await replace('tls.key', next.key);
      await eventually(() => shown(service), { fits: isOnly(next), every: 200 });
      expect(await ask(service, '/health/live', { agent })).toMatchObject({
        status: 200,
        localPort: before.localPort,
        fingerprint: fingerprintOf(certificate),
      });
      expect(warnings()).toBe(workers);
      agent.destroy();
    });

    itIn('long', set)('are used when a symbolic link leads to others, as Kubernetes mounts do', async () => {
      const mount = join(certificates.directory, `mount-${workers}`);
      await mkdir(mount);
      await symlink(await folder('one', certificate), join(mount, '..data'));
      for (const file of ['tls.crt', 'tls.key']) await symlink(join('..data', file), join(mount, file));
      const service = await start({
        TLS_CERT_FILE: join(mount, 'tls.crt'),
        TLS_KEY_FILE: join(mount, 'tls.key'),
      });
      const swap = async (to: string): Promise<void> => {
        await symlink(to, join(mount, '..next'));
        await rename(join(mount, '..next'), join(mount, '..data'));
      };
      const next = await authority.issue('registry');
      await swap(await folder('two', next));
      await eventually(() => shown(service), { fits: isOnly(next), every: 200 });

      await swap(join(certificates.directory, 'absent'));
      await eventually(() => service.output(), {
        fits: (output) => output.includes('cannot be read (ENOENT)'),
      });
      expect(await shown(service)).toEqual([fingerprintOf(next)]);
    });
  });

  describe('a start with TLS', () => {
    const WITHOUT =
      'TLS_CLIENT_CA_FILE is set without TLS_CERT_FILE and TLS_KEY_FILE: certificates of operators are seen only where TLS ends';
    let other: TestCertificate;
    let expired: TestCertificate;
    let files: Record<'text' | 'empty' | 'encrypted' | 'intermediate' | 'broken', string>;

    beforeAll(async () => {
      other = await authority.issue('other');
      expired = await authority.issue('expired', { expired: true });
      const path = (name: string): string => join(certificates.directory, name);
      files = {
        text: path('text.pem'),
        empty: path('empty.pem'),
        encrypted: path('encrypted.pem'),
        intermediate: path('intermediate.pem'),
        broken: path('broken.pem'),
      };
      await writeFile(files.text, 'none\n');
      await writeFile(files.empty, '\n');
      await writeFile(
        files.encrypted,
        '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n',
      );
      await writeFile(files.broken, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    });

    const shown = (path: string): string => JSON.stringify(path);
    const cases: [string, () => Record<string, string>, () => string][] = [
      [
        'a certificate alone',
        () => ({ TLS_CERT_FILE: certificate.certFile }),
        () => 'TLS_CERT_FILE is set without TLS_KEY_FILE',
      ],
      [
        'a key alone',
        () => ({ TLS_KEY_FILE: certificate.keyFile }),
        () => 'TLS_KEY_FILE is set without TLS_CERT_FILE',
      ],
      ['an authority alone', () => ({ TLS_CLIENT_CA_FILE: authority.certFile }), () => WITHOUT],
      [
        'an absent file',
        () => ({ ...tlsSettings(certificate), TLS_CERT_FILE: '/absent/tls.crt' }),
        () => 'TLS_CERT_FILE is "/absent/tls.crt", which cannot be read (ENOENT)',
      ],
      [
        'an empty file',
        () => ({ ...tlsSettings(certificate), TLS_KEY_FILE: files.empty }),
        () => `TLS_KEY_FILE is ${shown(files.empty)}, which is empty`,
      ],
      [
        'no certificate',
        () => ({ ...tlsSettings(certificate), TLS_CERT_FILE: files.text }),
        () => `TLS_CERT_FILE is ${shown(files.text)}, which holds no certificate (PEM)`,
      ],
      [
        'a broken certificate',
        () => ({ ...tlsSettings(certificate), TLS_CERT_FILE: files.broken }),
        () => `TLS_CERT_FILE is ${shown(files.broken)}, which holds a certificate that cannot be read`,
      ],
      [
        'a key with a passphrase',
        () => ({ ...tlsSettings(certificate), TLS_KEY_FILE: files.encrypted }),
        () =>
          `TLS_KEY_FILE is ${shown(files.encrypted)}, which holds no private key (PEM, without a passphrase)`,
      ],
      [
        'the key of another certificate',
        () => ({ ...tlsSettings(certificate), TLS_KEY_FILE: other.keyFile }),
        () =>
          `TLS_KEY_FILE is ${shown(other.keyFile)}, which is not the key of the certificate in ${shown(certificate.certFile)}`,
      ],
      [
        'an authority that is none',
        () => ({ ...tlsSettings(certificate), TLS_CLIENT_CA_FILE: other.certFile }),
        () =>
          `TLS_CLIENT_CA_FILE is ${shown(other.certFile)}, which holds a certificate that is none of an authority: DNS:localhost, IP Address:127.0.0.1`,
      ],
      [
        'no authority',
        () => ({ ...tlsSettings(certificate), TLS_CLIENT_CA_FILE: files.text }),
        () => `TLS_CLIENT_CA_FILE is ${shown(files.text)}, which holds no certificate (PEM)`,
      ],
    ];

    it.each(cases)('is refused in one line for %s', async (_, settings, message) => {
      const failure: unknown = await spawnService(settings()).then(
        (service) => service.stop(),
        (error: unknown) => error,
      );
      expect((failure as Error).message).toBe(
        `The service ended (1) before it was ready: Configuration: ${message()}\n`,
      );
    });

    it('listens on localhost when asked to', async () => {
      const service = await spawnService({ ...tlsSettings(certificate), HOST: 'localhost' });
      expect(service.url).toMatch(/^https:\/\/localhost:\d+$/);
      expect((await ask(service)).status).toBe(200);
      await service.stop();
    });

    it('warns of a certificate that has expired', async () => {
      const service = await spawnService(tlsSettings(expired));
      const end = new Date(new X509Certificate(expired.cert).validTo).toISOString();
      expect(service.output()).toContain(
        `A certificate in TLS_CERT_FILE expired on ${end}: that of DNS:localhost, IP Address:127.0.0.1`,
      );
      await expect(ask(service)).rejects.toThrow('certificate has expired');
      await service.stop();
    });
  });
}
