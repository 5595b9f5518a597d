import type { FastifyRequest } from 'fastify';

/** Port: the certificates that operators show besides their key, where TLS_CLIENT_CA_FILE asks for them. */
export abstract class ClientCertificates {
  /** Whether operators need a certificate, and the connection of the request has none that is valid now. */
  abstract isMissing(request: FastifyRequest): boolean;
}

/** Where operators need none. */
export const NO_CLIENT_CERTIFICATES: ClientCertificates = { isMissing: () => false };
