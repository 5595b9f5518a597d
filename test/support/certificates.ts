import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate with its key, in files and as texts (PEM). */
export interface TestCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** An authority whose certificate is its own root. */
export interface TestAuthority extends TestCertificate {
  /** A certificate for `localhost` and 127.0.0.1, or for a client: it holds for a day, or has been out of date for one. */
  issue(name: string, options?: { readonly expired?: boolean }): Promise<TestCertificate>;
}

/** A folder with authorities and certificates that openssl makes. */
export interface Certificates {
  readonly directory: string;
  authority(name: string): Promise<TestAuthority>;
  clear(): Promise<void>;
}

export async function createCertificates(): Promise<Certificates> {
  const directory = await mkdtemp(join(tmpdir(), 'registry-certificates-'));
  let made = 0;
  const openssl = (...parameters: string[]): Promise<unknown> =>
    run('openssl', parameters, { cwd: directory });

  const files = (): { certFile: string; keyFile: string } => {
    made += 1;
    return { certFile: join(directory, `${made}.pem`), keyFile: join(directory, `${made}.key`) };
  };
  const read = async (paths: { certFile: string; keyFile: string }): Promise<TestCertificate> => ({
    ...paths,
    cert: await readFile(paths.certFile, 'utf8'),
    key: await readFile(paths.keyFile, 'utf8'),
  });

  return {
    directory,
    authority: async (name) => {
      const own = files();
      const out = ['-keyout', own.keyFile, '-out', own.certFile];
      await openssl('req', '-x509', ...NEW_KEY, '-days', '2', '-subj', `/CN=${name}`, ...out);
      return {
        ...(await read(own)),
        issue: async (holder, { expired = false } = {}) => {
          const paths = files();
          const request = `${paths.certFile}.csr`;
          const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
          const wanted = [...NEW_KEY, '-subj', `/CN=${holder}`, ...names];
          await openssl('req', ...wanted, '-keyout', paths.keyFile, '-out', request);
          const by = ['-CA', own.certFile, '-CAkey', own.keyFile, '-CAcreateserial'];
          const days = expired ? '-1' : '1';
          const signing = ['-req', '-in', request, '-copy_extensions', 'copy', ...by, '-days', days];
          await openssl('x509', ...signing, '-out', paths.certFile);
          return read(paths);
        },
      };
    },
    clear: () => rm(directory, { recursive: true, force: true }),
  };
}
