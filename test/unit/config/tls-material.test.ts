import { readTlsTexts, tlsMaterial, weaknessesOf } from '#libs/tls/tls-material.js';
import { type Certificates, createCertificates } from '../../support/certificates.js';
import { afterAll, beforeAll, describe, expect, it } from '../../support/jest.js';

const HOUR_MS = 3_600_000;

describe('what is read for TLS', () => {
  let certificates: Certificates;

  beforeAll(async () => {
    certificates = await createCertificates();
  });
  afterAll(() => certificates.clear());

  it('is weak before the certificates are valid, and after', async () => {
    const authority = await certificates.authority('Operators CA');
    const { certFile, keyFile } = await authority.issue('registry');
    const files = { certFile, keyFile, clientCaFile: authority.certFile };
    const material = tlsMaterial(readTlsTexts(files), files);
    const [{ validFrom, validTo }] = material.chain;
    const [begin, end] = [new Date(validFrom), new Date(validTo)];
    const at = (time: Date, ms: number): string[] => weaknessesOf(material, new Date(time.getTime() + ms));
    expect(at(begin, HOUR_MS)).toEqual([]);
    expect(at(begin, -HOUR_MS)).toEqual([
      `A certificate in TLS_CERT_FILE is not valid before ${begin.toISOString()}: that of DNS:localhost, IP Address:127.0.0.1`,
      expect.stringMatching(
        /^A certificate in TLS_CLIENT_CA_FILE is not valid before .*: that of CN=Operators CA$/,
      ),
    ]);
    expect(at(end, HOUR_MS)).toEqual([
      `A certificate in TLS_CERT_FILE expired on ${end.toISOString()}: that of DNS:localhost, IP Address:127.0.0.1`,
    ]);
  });
});
