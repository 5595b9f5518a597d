import { type NodeProcess, startNode } from './node-process.js';

const MAIN = new URL('../../apps/registry/src/main.js', import.meta.url);
/** The whole start block, which a pipe may deliver in pieces. */
const BANNER = /^ {2}API +(\S+)\n(?:.*\n)*? {2}Admin key .*\n/m;

const ADMIN_KEY = 'admin-key-of-the-benchmarks-0123456789';
export const AS_ADMIN = { 'x-admin-key': ADMIN_KEY };

/** Settings of every service; all others have their defaults. */
const SETTINGS = {
  HOST: '127.0.0.1',
  PORT: '0',
  SECRET_KEY: 'secret-key-of-the-benchmarks-0123456789',
  REGISTRY_ADMIN_KEY: ADMIN_KEY,
  // The service counts requests as usual, but all of them come from one address.
  RATE_LIMIT_MAX: '1000000000',
};

export interface ServiceOptions {
  /** Settings in addition to the common ones. */
  readonly settings: Readonly<Record<string, string>>;
  /** The directory of `.env` and `.data`. */
  readonly cwd: string;
  readonly preload?: URL;
}

/** Starts the built service and resolves when it reports that it is ready. */
export function startService({ settings, cwd, preload }: ServiceOptions): Promise<NodeProcess> {
  return startNode({
    script: MAIN,
    preload,
    cwd,
    environment: { ...SETTINGS, ...settings },
    ready: BANNER,
  });
}
