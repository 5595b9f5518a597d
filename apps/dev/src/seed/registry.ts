import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than any response of the registry takes. */
const TIMEOUT_MS = 60_000;
const ATTEMPTS = 5;

/** Seeding cannot continue. The message is shown to the user. */
export class SeedFailure extends Error {
  override readonly name = 'SeedFailure';
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Credentials = Readonly<Record<string, string>>;

/** HTTP client of the seeded registry, with the admin key. */
export class Registry {
  constructor(
    readonly url: string,
    private readonly adminKey: string,
  ) {}

  /** @throws SeedFailure for any status except 200 and 201 */
  async call<Body>(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Body> {
    return this.expected(method, path, await this.send(method, path, body, this.asOperator())) as Body;
  }

  /** Same as {@link call}; undefined for 404. */
  async find<Body>(path: string): Promise<Body | undefined> {
    const answer = await this.send('GET', path, undefined, this.asOperator());
    return answer.status === 404 ? undefined : (this.expected('GET', path, answer) as Body);
  }

  /** Registers a batch as the application itself. @throws SeedFailure when the registry refuses it */
  async register(appKey: string, apiKey: string, batch: object): Promise<void> {
    const asApplication = { 'X-App-Key': appKey, 'X-API-Key': apiKey };
    const path = '/register/endpoints';
    this.expected('POST', path, await this.send('POST', path, batch, asApplication));
  }

  /** @param path path of the resource to delete */
  async delete(path: string): Promise<void> {
    const answer = await this.send('DELETE', path, undefined, this.asOperator());
    if (answer.status !== 204) this.expected('DELETE', path, answer);
  }

  private asOperator(): Credentials {
    return { 'X-Admin-Key': this.adminKey };
  }

  private expected(method: string, path: string, { status, body }: Answer): unknown {
    if (status === 200 || status === 201) return body;
    if (status === 401) throw new SeedFailure(`${this.url} refuses the key that was sent (401).`);
    const { detail = '' } = body as { detail?: string };
    throw new SeedFailure(`${method} ${path} was answered with ${status}: ${detail}`);
  }

  /** Waits for the time in `Retry-After` when the registry is busy (429, 503). */
  private async send(
    method: string,
    path: string,
    body: object | undefined,
    credentials: Credentials,
  ): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.request(method, path, body, credentials);
      const retryAfter = Number(response.headers.get('retry-after') ?? NaN);
      if (!(retryAfter >= 0) || attempt === ATTEMPTS) {
        const text = await response.text();
        return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as unknown) };
      }
      await response.body?.cancel();
      await sleep(retryAfter * 1000);
    }
  }

  private async request(
    method: string,
    path: string,
    body: object | undefined,
    credentials: Credentials,
  ): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, {
        method,
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: { ...credentials, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch {
      throw new SeedFailure(`${this.url} cannot be reached. Is the service running (npm start)?`);
    }
  }
}
