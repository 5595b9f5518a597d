import { isUtf8 } from 'node:buffer';
import { createClient, RESP_TYPES } from '@redis/client';
import type { BatchLimits } from '#libs/config/app-config.js';
import { Failure } from '../../failure.js';
import { shownUrl, withoutPassword } from '../source-url.js';

/** Key names of the older registry. */
const PREFIX = 'com.autogentmcp.registry:app:';
const LIST_SUFFIX = ':endpoints';
const CONNECT_TIMEOUT_MS = 5000;
const SCANNED_AT_ONCE = 1000;
const RECORDS_AT_ONCE = 20;
const ENDPOINTS_AT_ONCE = 200;
/** The problem of bytes that reading as text would change. */
export const NOT_UTF_8 = 'is not valid UTF-8';
/** A record of an application is a few kilobytes at most. */
const MAX_RECORD_BYTES = 1024 * 1024;

/** The names of all records. */
export interface RedisKeys {
  /** Sorted. */
  readonly appKeys: readonly string[];
  /** Lists of endpoints without an application. */
  readonly orphans: readonly string[];
  /** Keys that are {@link NOT_UTF_8}, with their bytes as `\xe9`: their records cannot be read. */
  readonly unreadable: readonly string[];
}

/** The data of one application in Redis. */
export interface RedisRecord {
  readonly key: string;
  readonly appKey: string;
  /** The JSON text; undefined when the key has none. */
  readonly text: string | undefined;
  readonly problem: string | undefined;
}

/** The list of an application's endpoints, each as JSON; undefined: one that is {@link NOT_UTF_8}. */
export interface RedisEndpoints {
  readonly key: string;
  readonly texts: readonly (string | undefined)[];
  readonly problem: string | undefined;
}

/** Reads the older registry with SCAN and commands of bounded cost; never writes. */
export class RedisSource {
  private constructor(
    private readonly client: ReturnType<typeof newClient>,
    private readonly url: URL,
  ) {}

  /** @throws Failure when it cannot be reached */
  static async connect(url: URL): Promise<RedisSource> {
    const client = newClient(url);
    const source = new RedisSource(client, url);
    // Pending commands reject; without a listener the error would end the process.
    client.on('error', () => undefined);
    await source.reading(client.connect());
    return source;
  }

  async keys(): Promise<RedisKeys> {
    const [appKeys, lists, unreadable] = [new Set<string>(), new Set<string>(), new Set<string>()];
    const scan = this.client.scanIterator({ MATCH: `${PREFIX}*`, COUNT: SCANNED_AT_ONCE });
    for (;;) {
      const { done, value: keys } = await this.reading(scan.next());
      if (done) break;
      for (const key of keys) {
        const text = textIn(key);
        if (text === undefined) {
          unreadable.add(withBytes(key));
          continue;
        }
        const name = text.slice(PREFIX.length);
        if (isListKey(name)) lists.add(name.slice(0, -LIST_SUFFIX.length));
        else appKeys.add(name);
      }
    }
    return {
      appKeys: [...appKeys].sort(),
      orphans: [...lists].filter((appKey) => !appKeys.has(appKey)).map(listKey),
      unreadable: [...unreadable],
    };
  }

  /** The records of these applications, in their order, a few at a time, without those deleted meanwhile. */
  async *records(appKeys: readonly string[]): AsyncGenerator<RedisRecord> {
    for (let start = 0; start < appKeys.length; start += RECORDS_AT_ONCE) {
      const chunk = appKeys.slice(start, start + RECORDS_AT_ONCE);
      // Commands of one turn of the event loop travel together.
      const records = await Promise.all(chunk.map((appKey) => this.record(appKey)));
      yield* records.filter((record) => record !== undefined);
    }
  }

  /** The endpoints of an application, unless they exceed the size of a batch. */
  async endpoints(appKey: string, { maxEndpoints, maxBytes }: BatchLimits): Promise<RedisEndpoints> {
    const key = listKey(appKey);
    const type = await this.reading(this.client.type(key));
    if (type !== 'list') {
      return { key, texts: [], problem: type === 'none' ? undefined : `is a ${type}, not a list` };
    }
    const count = await this.reading(this.client.lLen(key));
    if (count > maxEndpoints) {
      const problem = `has ${count} endpoints; allowed are ${maxEndpoints} (BATCH_MAX_ENDPOINTS)`;
      return { key, texts: [], problem };
    }
    const texts: (string | undefined)[] = [];
    let bytes = 0;
    for (let start = 0; start < count; start += ENDPOINTS_AT_ONCE) {
      const slice = await this.reading(this.client.lRange(key, start, start + ENDPOINTS_AT_ONCE - 1));
      bytes += slice.reduce((sum, item) => sum + item.length, 0);
      if (bytes > maxBytes) {
        return { key, texts: [], problem: `has more than ${maxBytes} bytes (BATCH_MAX_BYTES)` };
      }
      texts.push(...slice.map(textIn));
    }
    return { key, texts, problem: undefined };
  }

  close(): void {
    this.client.destroy();
  }

  private async record(appKey: string): Promise<RedisRecord | undefined> {
    const key = `${PREFIX}${appKey}`;
    const type = await this.reading(this.client.type(key));
    if (type === 'none') return undefined;
    const refused = (problem: string): RedisRecord => ({ key, appKey, text: undefined, problem });
    if (type !== 'string') return refused(`is a ${type}, not a string of JSON`);
    if ((await this.reading(this.client.strLen(key))) > MAX_RECORD_BYTES) {
      return refused(`is longer than ${MAX_RECORD_BYTES} bytes`);
    }
    const value = await this.reading(this.client.get(key));
    if (value === null) return undefined;
    const text = textIn(value);
    return text === undefined ? refused(NOT_UTF_8) : { key, appKey, text, problem: undefined };
  }

  private async reading<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw new Failure(`${shownUrl(this.url)} cannot be read: ${withoutPassword(error, this.url)}`);
    }
  }
}

/** Whether the key holds a list of endpoints. */
export function isListKey(key: string): boolean {
  return key.endsWith(LIST_SUFFIX);
}

function listKey(appKey: string): string {
  return `${PREFIX}${appKey}${LIST_SUFFIX}`;
}

function textIn(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

function withBytes(key: Buffer): string {
  return key
    .toString('latin1')
    .replace(/[^\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function newClient(url: URL) {
  return createClient({
    url: url.href,
    // RESP 2, which every version of Redis speaks.
    RESP: 2,
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
    disableOfflineQueue: false,
  });
}
