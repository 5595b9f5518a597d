import { randomBytes } from 'node:crypto';
import { Pool } from 'undici';

/** What came of requests with wrong API keys. */
export interface RefusedLoad {
  /** Ends it, without waiting for answers. @throws Error when one was answered with anything but 401, 429 and 503 */
  stop(): Promise<void>;
}

export interface RefusedLoadOptions {
  readonly url: string;
  readonly perSecond: number;
  /** Whom the callers say they are. */
  readonly appKeys: readonly string[];
  /** API keys that are good for somebody: half the requests have one of them with another secret. */
  readonly issuedKeys: readonly string[];
}

const TICK_MS = 5;
/** An address of its own, as strangers have: what is held against it is not held against the good load. */
const ADDRESS = '127.0.0.2';
/** Wrong, too often wrong, or no room to compare it. */
const REFUSED = [401, 429, 503];

/** Sends changes of applications with wrong API keys at a fixed rate, whether or not they are answered. */
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
    // The end breaks what is under way.
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
