import { createHash, type X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { SecureContextOptions, Server, TLSSocket } from 'node:tls';
import { Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ClientCertificates } from '#libs/access/client-certificates.js';
import { ConfigError } from '#libs/config/config-error.js';
import { earliestEnd, holderOf } from '#libs/tls/certificate.js';
import type { TlsFiles } from '#libs/tls/tls-files.js';
import {
  readTlsTexts,
  type TlsMaterial,
  tlsMaterial,
  type TlsTexts,
  weaknessesOf,
} from '#libs/tls/tls-material.js';
import { Handshakes } from './handshakes.js';

/** A connection on which a client certificate was verified. */
interface Verified {
  /** When the certificate expires, in milliseconds since the epoch. */
  readonly until: number;
  /** {@link ListenerTls.trust} at that time. */
  readonly trust: number;
}

/**
 * TLS of the main listener: its certificate, which is replaced while the service runs, and the certificates of
 * operators.
 */
export class ListenerTls extends ClientCertificates {
  private readonly logger = new Logger('TLS');
  private readonly verified = new WeakMap<Socket, Verified>();
  private material: TlsMaterial;
  /** Counts how often an authority was taken out of TLS_CLIENT_CA_FILE: what it had certified counts no longer. */
  private trust = 0;
  /** Why changed files are not used. */
  private fault: { readonly message: string; told: boolean } | undefined;
  private server: Server | undefined;
  private handshakes: Handshakes | undefined;

  /** @throws ConfigError when the files cannot be used */
  constructor(private readonly files: TlsFiles) {
    super();
    this.material = tlsMaterial(readTlsTexts(files), files);
    this.tell();
  }

  /** What a TLS server is made with, and given again when the files have changed. */
  get contextOptions(): SecureContextOptions {
    const { texts } = this.material;
    return {
      ...texts,
      minVersion: 'TLSv1.2',
      // A session is resumed under the authorities that certified it only; OpenSSL verifies nothing again. The keys of
      // session tickets, which are new with every context, do not ensure that: workers share those of the start.
      ...(texts.ca !== undefined && { sessionIdContext: sessionIdContext(texts.ca) }),
    };
  }

  /** Whether the server asks clients for a certificate. */
  get asksForCertificates(): boolean {
    return this.files.clientCaFile !== undefined;
  }

  /** When the certificate of the service, or one of those up to its authority, expires. */
  get certificateEnd(): Date {
    return earliestEnd(this.material.chain);
  }

  /** When the first authority of operators expires; `undefined` without any. */
  get clientAuthorityEnd(): Date | undefined {
    const { clientAuthorities } = this.material;
    return clientAuthorities.length === 0 ? undefined : earliestEnd(clientAuthorities);
  }

  /** To be called with the server before it listens. */
  attach(server: Server): void {
    this.server = server;
    this.handshakes = new Handshakes(server);
    server.on('secureConnection', (socket) => {
      this.remember(socket);
    });
  }

  /** Ends the connections whose handshake is under way. */
  cutHandshakes(): void {
    this.handshakes?.cut();
  }

  isMissing({ raw }: FastifyRequest): boolean {
    if (!this.asksForCertificates) return false;
    const verified = this.verified.get(raw.socket);
    return verified === undefined || verified.trust < this.trust || verified.until <= Date.now();
  }

  /**
   * Uses the files for new connections if they have changed. Files that do not fit together, or cannot be read, change
   * nothing; they are warned of once, when they are found a second time: certificate and key are not replaced in the same
   * instant.
   */
  reload(): void {
    try {
      const texts = readTlsTexts(this.files);
      if (isSame(texts, this.material.texts)) this.fault = undefined;
      else this.use(tlsMaterial(texts, this.files));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.refuse(error.message);
    }
  }

  private use(material: TlsMaterial): void {
    const { clientAuthorities: former } = this.material;
    this.material = material;
    this.fault = undefined;
    this.server?.setSecureContext(this.contextOptions);
    if (!includesAll(material.clientAuthorities, former)) {
      this.trust += 1;
      this.cutHandshakes();
    }
    this.tell();
  }

  private refuse(message: string): void {
    if (this.fault?.message !== message) {
      this.fault = { message, told: false };
    } else if (!this.fault.told) {
      this.fault.told = true;
      this.logger.warn(`The changed TLS files are not used, and what was read before stays: ${message}`);
    }
  }

  private tell(): void {
    const [certificate] = this.material.chain;
    const authorityEnd = this.clientAuthorityEnd;
    this.logger.log(
      `The certificate of ${holderOf(certificate)} is used, until ${this.certificateEnd.toISOString()}` +
        (authorityEnd === undefined
          ? ''
          : `; operators need one of ${this.material.clientAuthorities.map(holderOf).join(' or of ')}, until ${authorityEnd.toISOString()}`),
    );
    for (const weakness of weaknessesOf(this.material, new Date())) this.logger.warn(weakness);
  }

  private remember(socket: TLSSocket): void {
    if (!socket.authorized) return;
    // Node.js calls a resumed session of TLS 1.3 authorized even if no certificate was ever shown in it.
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return;
    this.verified.set(socket, { until: Date.parse(certificate.validTo), trust: this.trust });
  }
}

/** As many characters as OpenSSL takes. */
function sessionIdContext(authorities: string): string {
  return createHash('sha256').update(authorities).digest('hex').slice(0, 32);
}

function isSame(one: TlsTexts, other: TlsTexts): boolean {
  return one.cert === other.cert && one.key === other.key && one.ca === other.ca;
}

function includesAll(all: readonly X509Certificate[], some: readonly X509Certificate[]): boolean {
  const known = new Set(all.map(({ fingerprint256 }) => fingerprint256));
  return some.every(({ fingerprint256 }) => known.has(fingerprint256));
}
