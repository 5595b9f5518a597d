import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { parseConnectionUrl, withoutTls } from './connection-url.js';
import { DatabaseConnectionError } from './database-connection-error.js';

export interface RetryOptions {
  /** How long to try; 0: once. */
  readonly timeoutSeconds: number;
  /** Ends the waiting with its reason. */
  readonly signal: AbortSignal;
  /** Where the URL comes from. */
  readonly setting: 'DATABASE_URL' | 'DATABASE_DIRECT_URL' | 'the URL to import from';
}

const RETRY_MS = 500;
const LOG_EVERY_MS = 10_000;

/**
 * Errors of a server that is not available yet: connection refused, unknown host or socket (yet), starting or
 * stopping, too many clients. A wrong password or an unknown database does not get better by waiting.
 */
const NOT_YET =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT|57P0[123]|53300|0800[16])/;
const NOT_YET_MESSAGE = /^(timeout expired|Connection terminated)/;
const NO_TLS = 'The server does not support SSL connections';

/**
 * Returns when the database lets us in, with the URL to use from then on: sslmode=prefer is decided by then.
 *
 * @throws DatabaseConnectionError when it cannot be reached in time, or refuses us
 */
export async function waitForDatabase(url: string, waiting: RetryOptions): Promise<string> {
  const { timeoutSeconds, signal, setting } = waiting;
  const logger = new Logger('Database');
  const begin = performance.now();
  const deadline = begin + timeoutSeconds * 1000;
  let nextLog = begin;
  for (;;) {
    const failure = await attempt(url, signal);
    if (failure === undefined) return url;
    signal.throwIfAborted();
    if (failure.message === NO_TLS && parseConnectionUrl(url).tlsOptional) return withoutTls(url);
    const now = performance.now();
    const reason = reasonOf(failure);
    if (!isNotYetThere(failure) || now + RETRY_MS > deadline) {
      const tried = now - begin > 1000 ? ` (tried for ${Math.round((now - begin) / 1000)} s)` : '';
      throw new DatabaseConnectionError(`cannot connect: ${reason}${tried}; check ${setting}`);
    }
    if (now >= nextLog) {
      nextLog = now + LOG_EVERY_MS;
      const left = Math.ceil((deadline - now) / 1000);
      logger.warn(`Waiting for the database, for ${left} s at most: ${reason}`);
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

/** The same for a database and, where there is one, the way round its transaction pooler. */
export async function reachDatabase(
  { url, directUrl }: { readonly url: string; readonly directUrl: string | undefined },
  waiting: Omit<RetryOptions, 'setting'>,
): Promise<{ url: string; directUrl: string | undefined }> {
  // The database first: a pooler may let clients wait for it.
  const direct =
    directUrl && (await waitForDatabase(directUrl, { ...waiting, setting: 'DATABASE_DIRECT_URL' }));
  return { directUrl: direct, url: await waitForDatabase(url, { ...waiting, setting: 'DATABASE_URL' }) };
}

async function attempt(url: string, signal: AbortSignal): Promise<NodeJS.ErrnoException | undefined> {
  const client = new pg.Client(parseConnectionUrl(url));
  // It may break while it is being ended.
  client.on('error', () => undefined);
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(new Error('aborted'));
    });
  });
  aborted.catch(() => undefined);
  try {
    await Promise.race([client.connect(), aborted]);
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    client.end().catch(() => undefined);
  }
}

function isNotYetThere({ code = '', message }: NodeJS.ErrnoException): boolean {
  return NOT_YET.test(code) || NOT_YET_MESSAGE.test(message);
}

/** A host of several addresses none of which answers has no message, only a code. */
function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return message === '' ? (code ?? 'no reason given') : message.replaceAll(/\s*\n\s*/g, ' ');
}
