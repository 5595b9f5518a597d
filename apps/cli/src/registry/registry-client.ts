import { setTimeout as delay } from 'node:timers/promises';
import { jsonTextOf } from '#libs/json/exact-json.js';
import { version } from '#registry/version.js';
import { Failure } from '../failure.js';
import type { GlobalOptions } from '../global-options.js';
import { say } from '../terminal/output.js';
import { acceptedAnswer, jsonOf, secondsToWait } from './answers.js';
import { certifiedFetch, type Fetch } from './certified-fetch.js';
import { clientCertificate } from './client-certificate.js';
import type { CredentialHeaders } from './credentials.js';

/** Longer than any response of the registry takes. */
const TIMEOUT_MS = 60_000;
/** The default RATE_LIMIT_WINDOW of the registry. */
const MOST_PATIENCE_SECONDS = 60;
const PAGE_SIZE = 500;

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a request carries. */
interface Content {
  readonly body?: object | undefined;
  /** The body as text. */
  readonly json?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly ifMatch?: string | undefined;
  /** Whether the answer may take any time. */
  readonly endless?: boolean;
}

/** A request that changes something. */
export interface ChangeRequest {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: object;
}

/** An answer and, where the registry gives one, the entity tag that `If-Match` takes. */
interface Tagged<Answer> {
  readonly answer: Answer;
  readonly tag: string | undefined;
}

/** A client of the registry for one caller. @throws Failure for every status but 2xx */
export class RegistryClient {
  private constructor(
    private readonly url: string,
    private readonly credentials: CredentialHeaders,
    private readonly fetch: Fetch,
  ) {}

  /** @param credentials resolved at the first request */
  static async connect(
    options: GlobalOptions,
    credentials: (options: GlobalOptions) => Promise<CredentialHeaders>,
  ): Promise<RegistryClient> {
    const certificate = await clientCertificate(options, options.url);
    return new RegistryClient(
      options.url,
      await credentials(options),
      certificate === undefined ? fetch : certifiedFetch(certificate),
    );
  }

  get<Answer>(path: string, query?: Query): Promise<Answer> {
    return this.call('GET', path, { query });
  }

  /** An answer without end, to be read as it comes. */
  async stream(path: string): Promise<Response> {
    const headers = { Accept: 'text/event-stream' };
    return acceptedAnswer(await this.request('GET', path, { headers, endless: true }));
  }

  /** As {@link get}, for a change that depends on what was read. */
  async read<Answer>(path: string, query?: Query): Promise<Tagged<Answer>> {
    const response = await this.send('GET', `${path}${searchOf(query)}`);
    const tag = response.headers.get('etag') ?? undefined;
    // A proxy that compresses may have made it a weak one, which matches nothing (RFC 9110, section 13.1.1).
    return { answer: await jsonOf<Answer>(response), tag: tag?.startsWith('"') === true ? tag : undefined };
  }

  /** @param ifMatch the entity tag on which the change depends */
  post<Answer>(path: string, body: object = {}, query?: Query, ifMatch?: string): Promise<Answer> {
    return this.call('POST', path, { body, query, ifMatch });
  }

  /** As {@link post}. */
  put<Answer>(path: string, body: object, query?: Query, ifMatch?: string): Promise<Answer> {
    return this.call('PUT', path, { body, query, ifMatch });
  }

  change<Answer>({ method, path, body }: ChangeRequest): Promise<Answer> {
    return this.call(method, path, { body });
  }

  /** @param ifMatch the entity tag on which the deletion depends */
  async delete(path: string, ifMatch?: string): Promise<void> {
    await this.call('DELETE', path, { ifMatch });
  }

  /** All items of a list, or the first `most` of them. */
  async list<Item>(path: string, { query, most }: { query?: Query; most?: number } = {}): Promise<Item[]> {
    const items: Item[] = [];
    for await (const page of this.pages<Item>(path, { query, most })) items.push(...page);
    return items;
  }

  /** A list page by page (RFC 8288 `Link: rel="next"`), for lists too large for memory. */
  async *pages<Item>(
    path: string,
    { query, most = Infinity }: { query?: Query; most?: number } = {},
  ): AsyncGenerator<Item[]> {
    let left = most;
    let search: string | undefined = searchOf({ ...query, limit: Math.min(PAGE_SIZE, most) });
    while (search !== undefined && left > 0) {
      const response = await this.send('GET', `${path}${search}`);
      const page = await jsonOf<Item[]>(response);
      yield page.slice(0, left);
      left -= page.length;
      search = nextSearch(response, this.url);
    }
  }

  private async call<Answer>(
    method: string,
    path: string,
    { query, ...content }: Content & { query?: Query } = {},
  ): Promise<Answer> {
    const response = await this.send(method, `${path}${searchOf(query)}`, content);
    return response.status === 204 ? (undefined as Answer) : jsonOf<Answer>(response);
  }

  /** Retries once after 429, honouring `Retry-After`. */
  private async send(method: string, target: string, content: Content = {}): Promise<Response> {
    const response = await this.request(method, target, content);
    const seconds = response.status === 429 ? secondsToWait(response) : undefined;
    if (seconds === undefined || seconds > MOST_PATIENCE_SECONDS) return acceptedAnswer(response);
    await response.body?.cancel();
    say(`Too many requests: waiting ${seconds} s, as the registry asks for.`);
    await delay(seconds * 1000);
    return acceptedAnswer(await this.request(method, target, content));
  }

  /** Posts JSON as it is given; the response is the caller's to judge. @throws Failure when there is none */
  async forward(path: string, json: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    return this.request('POST', path, { json, headers });
  }

  private async request(
    method: string,
    target: string,
    { body, json = body === undefined ? undefined : jsonTextOf(body), headers, ifMatch, endless }: Content,
  ): Promise<Response> {
    try {
      return await this.fetch(`${this.url}${target}`, {
        method,
        // Redirects are not followed: the keys are for the named registry only.
        redirect: 'manual',
        ...(endless !== true && { signal: AbortSignal.timeout(TIMEOUT_MS) }),
        headers: {
          ...this.credentials,
          Accept: 'application/json',
          // The audit trail tells by it which way a change came.
          'User-Agent': `mcp-registry-cli/${version}`,
          ...(ifMatch !== undefined && { 'If-Match': ifMatch }),
          ...(json !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(json !== undefined && { body: json }),
      });
    } catch (error) {
      const { message, cause } = error as { message: string; cause?: { message?: string; code?: string } };
      // A refused connection to a host with several addresses has a cause with a code and an empty message.
      const reason = [cause?.message, cause?.code, message].find((each) => each !== undefined && each !== '');
      throw new Failure(`${this.url} cannot be reached: ${reason}`);
    }
  }
}

/** Encodes a value for use as one segment of a path. */
export function segment(value: string): string {
  return encodeURIComponent(value);
}

function searchOf(query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
  return search.size > 0 ? `?${search.toString()}` : '';
}

/** Only the query of the link is used: behind a proxy the registry may not know its own URL. */
function nextSearch(response: Response, base: string): string | undefined {
  const target = /<([^>]*)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
  return target === undefined ? undefined : new URL(target, base).search;
}
