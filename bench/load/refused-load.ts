import { randomBytes } from 'node:crypto';
import { Pool } from 'undici';

/** A running load of requests with wrong API keys. */
export interface RefusedLoad {
  /** Stops it without waiting for responses. @throws Error when a response had a status other than 401, 429 and 503 */
  stop(): Promise<void>;
}

export interface RefusedLoadOptions {
  readonly url: string;
  readonly perSecond: number;
  /** The app keys that the callers claim. */
  readonly appKeys: readonly string[];
  /** Valid API keys: half the requests send one of them with another secret. */
  readonly issuedKeys: readonly string[];
}

const TICK_MS = 5;
/** A separate client address: its failure budget must not affect the valid load. */
const ADDRESS = '127.0.0.2';
/** A wrong key, too many wrong keys, or a full comparison queue. */
const REFUSED = [401, 429, 503];

/** Sends changes of applications with wrong API keys at a fixed rate, without waiting for responses. */
export function startRefusedLoad({ url, perSecond, appKeys, issuedKeys }: RefusedLoadOptions): RefusedLoad {
  const pool = new Pool(url, { connections: null, connect: { localAddress: ADDRESS } });
  const unexpected = new Set<number>();
  const begun = performance.now();
  let sent = 0;
  const send = async (): Promise<void> => {
    const appKey = appKeys[sent % appKeys.length] ?? '';
    const issuedKey = issuedKeys[sent % issuedKeys.length] ?? '';
    const { statusCode, body } = await pool.request({
      method: 'PUT',
      path: `/applications/${appKey}`,
      headers: {
        'content-type': 'application/json',
        'x-app-key': appKey,
        'x-api-key': sent % 2 === 0 ? unknownKey() : withAnotherSecret(issuedKey),
      },
      body: '{"description":"changed"}',
    });
    if (!REFUSED.includes(statusCode)) unexpected.add(statusCode);
    await body.dump();
  };
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - begun) / 1000) * perSecond);
    // `stop` aborts the requests in flight.
    for (; sent < due; sent++) send().catch(() => undefined);
  }, TICK_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await pool.destroy();
      if (unexpected.size > 0) {
        throw new Error(`Wrong API keys were answered with ${[...unexpected].join(', ')}`);
      }
    },
  };
}

function unknownKey(): string {
  return `mcp_${randomBytes(8).toString('hex')}_${secret()}`;
}

function withAnotherSecret(issuedKey: string): string {
  return issuedKey.slice(0, -secret().length) + secret();
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}
