import { Failure } from '../failure.js';
import { type GlobalOptions } from '../global-options.js';
import { type CredentialHeaders } from './credentials.js';

/** Longer than any answer of the registry takes. */
const TIMEOUT_MS = 60_000;
const PAGE_SIZE = 500;

/** The part of a problem document (RFC 9457) that people read. */
interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly requestId?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** The registry's answer to bad input. */
export class Refused extends Failure {
  /** @param mistakes what is wrong, and where in the request */
  constructor(
    message: string,
    readonly mistakes: NonNullable<Problem['errors']>,
  ) {
    super(message);
  }
}

export interface CallOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object;
}

/** The registry's HTTP interface, for one caller. Whatever is not answered with success is a Failure that says why. */
export class RegistryClient {
  private constructor(
    private readonly url: string,
    private readonly credentials: CredentialHeaders,
  ) {}

  /** @param credentials asked for only when a command comes to call the registry */
  static async connect(
    options: GlobalOptions,
    credentials: (options: GlobalOptions) => Promise<CredentialHeaders>,
  ): Promise<RegistryClient> {
    return new RegistryClient(options.url, await credentials(options));
  }

  get<Answer>(path: string, query?: CallOptions['query']): Promise<Answer> {
    return this.call('GET', path, { query });
  }

  post<Answer>(path: string, body: object = {}, query?: CallOptions['query']): Promise<Answer> {
    return this.call('POST', path, { body, query });
  }

  put<Answer>(path: string, body: object): Promise<Answer> {
    return this.call('PUT', path, { body });
  }

  async delete(path: string): Promise<void> {
    await this.call('DELETE', path);
  }

  /** All items of a list, read page by page (RFC 8288 `Link: rel="next"`), or the first `most` of them. */
  async list<Item>(
    path: string,
    { query, most = Infinity }: CallOptions & { most?: number } = {},
  ): Promise<Item[]> {
    const items: Item[] = [];
    let next: string | undefined = this.address(path, { ...query, limit: Math.min(PAGE_SIZE, most) });
    while (next !== undefined && items.length < most) {
      const response = await this.send('GET', next);
      items.push(...((await response.json()) as Item[]));
      next = nextPage(response.headers.get('link'), next);
    }
    return items.slice(0, most);
  }

  private async call<Answer>(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const response = await this.send(method, this.address(path, options.query), options.body);
    if (response.status === 204) return undefined as Answer;
    return (await response.json()) as Answer;
  }

  private address(path: string, query: CallOptions['query'] = {}): string {
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const search = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
    return `${this.url}${path}${search.size > 0 ? `?${search.toString()}` : ''}`;
  }

  private async send(method: string, address: string, body?: object): Promise<Response> {
    const response = await fetch(address, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        ...this.credentials,
        Accept: 'application/json',
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      const { message, cause } = error as { message: string; cause?: { message?: string; code?: string } };
      // The cause of a refused connection to a host with several addresses has a code and an empty message.
      const reason = [cause?.message, cause?.code, message].find((each) => each !== undefined && each !== '');
      throw new Failure(`${this.url} cannot be reached: ${reason}`);
    });
    if (response.ok) return response;
    throw await refusal(response);
  }
}

/** Encodes a value for use as one segment of a path. */
export function segment(value: string): string {
  return encodeURIComponent(value);
}

function nextPage(link: string | null, base: string): string | undefined {
  const target = /<([^>]*)>;\s*rel="next"/.exec(link ?? '')?.[1];
  return target === undefined ? undefined : new URL(target, base).href;
}

async function refusal(response: Response): Promise<Failure> {
  const text = await response.text();
  const problem = problemIn(text);
  if (problem === undefined) {
    return new Failure(
      `${response.url} answered ${response.status}, not as a registry does: ${text.slice(0, 200)}`,
    );
  }
  const { title = 'Refused', detail, errors = [], requestId } = problem;
  const mistakes = errors.map((error) => `\n  ${error.pointer} ${error.detail}`).join('');
  const why = detail === undefined || mistakes !== '' ? '' : `: ${detail}`;
  const reference = response.status >= 500 && requestId !== undefined ? ` (request ${requestId})` : '';
  return new Refused(`${title}${why}${mistakes}${reference}`, errors);
}

function problemIn(text: string): Problem | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
