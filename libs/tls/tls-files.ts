/** Where the certificate of the service is kept. */
export interface TlsFiles {
  /** PEM: the certificate of the service, then those up to its authority. */
  readonly certFile: string;
  /** PEM, without a passphrase. */
  readonly keyFile: string;
  /** PEM: the authorities that certify operators; absent: operators need no certificate. */
  readonly clientCaFile: string | undefined;
}
