import { X509Certificate } from 'node:crypto';

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a text, in its order; what stands between them does not count. @throws when one cannot be read */
export function certificatesIn(pem: string): X509Certificate[] {
  return [...pem.matchAll(PEM_CERTIFICATE)].map(([certificate]) => new X509Certificate(certificate));
}

/** Whom a certificate is for, as one line: its names, otherwise its subject. */
export function holderOf({ subjectAltName, subject }: X509Certificate): string {
  return subjectAltName ?? subject.replaceAll('\n', ', ');
}

/** The first moment at which one of the certificates is not valid any more. */
export function earliestEnd(certificates: readonly X509Certificate[]): Date {
  return new Date(Math.min(...certificates.map(({ validTo }) => Date.parse(validTo))));
}

/** Why a certificate is not valid at that time; `undefined` when it is. */
export function untimeliness(certificate: X509Certificate, now: Date): string | undefined {
  const [begin, end] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  if (now < begin) return `is not valid before ${begin.toISOString()}`;
  if (now > end) return `expired on ${end.toISOString()}`;
  return undefined;
}

/** Whether the certificate is signed by its own key, as a root of trust is. */
export function isRoot(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}
