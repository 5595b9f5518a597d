import type { AuditAction as AnyAction } from '#libs/audit-trail/audited.decorator.js';
import type { SeededRandom } from './seeded-random.js';

/** An endpoint of a batch, with all the fields the load varies. */
export interface SentEndpoint {
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly isPublic: boolean;
  readonly responseBody: unknown;
}

interface Intent {
  readonly action: AuditAction;
  readonly appKey: string;
  readonly environment?: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A change that was asked for, and what came of it as far as the client knows. */
export interface SentRequest extends Intent {
  /** The audit entry of the change keeps it. */
  readonly requestId: string;
  /** Absent: no answer came. */
  status?: number;
  /** Absent as well when the answer broke off. */
  answer?: unknown;
  /** `Retry-After` of the answer. */
  retryAfter?: string | null;
}

/** What can be changed: the API keys (id and secret) by environment by app key. What it says may be outdated. */
export class Targets {
  readonly applications = new Map<string, Map<string, Map<string, string>>>();

  environment(appKey: string, name: string): Map<string, string> {
    const environments = this.applications.get(appKey) ?? new Map<string, Map<string, string>>();
    this.applications.set(appKey, environments);
    const keys = environments.get(name) ?? new Map<string, string>();
    environments.set(name, keys);
    return keys;
  }
}

/** What requests change of applications; health is what the network makes it, and time prunes the trail. */
type AuditAction = Exclude<
  AnyAction,
  | `health.${string}`
  | `audit.${string}`
  | `operator${string}`
  | `session.${string}`
  | 'endpoints.replaced'
  | `${string}.imported`
  | `${string}.renamed`
>;

/** How many requests are under way at once. */
export const WORKERS = 8;
const MAX_APPLICATIONS = 10;
const ENVIRONMENTS = ['production', 'staging', 'test'];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];
const WEIGHTS: Readonly<Record<AuditAction, number>> = {
  'application.created': 8,
  'application.updated': 22,
  'application.deleted': 3,
  'environment.created': 5,
  'environment.updated': 8,
  'environment.deleted': 3,
  'endpoints.registered': 30,
  'api-key.issued': 12,
  'api-key.rotated': 5,
  'api-key.revoked': 4,
};

/** Concurrent clients that change everything there is to change, and write down what they asked for. */
export class WriteLoad {
  readonly sent: SentRequest[] = [];
  private running = true;

  constructor(
    private readonly url: string,
    private readonly adminKey: string,
    private readonly random: SeededRandom,
    private readonly targets: Targets,
    private readonly name: string,
  ) {}

  /** Sends until {@link stop} or until the service no longer answers. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: WORKERS }, () => this.work()));
  }

  stop(): void {
    this.running = false;
  }

  private async work(): Promise<void> {
    while (this.running) {
      const request = { ...this.next(), requestId: `${this.name}.${this.sent.length}` };
      this.sent.push(request);
      if (!(await this.send(request))) return;
      this.learn(request);
    }
  }

  private async send(request: SentRequest): Promise<boolean> {
    const { method, path, headers, body, requestId } = request;
    try {
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers: {
          ...(headers ?? { 'X-Admin-Key': this.adminKey }),
          'X-Request-Id': requestId,
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      request.status = response.status;
      request.retryAfter = response.headers.get('retry-after');
      const text = await response.text();
      request.answer = text === '' ? undefined : JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  }

  private learn({ action, appKey, environment = '', status = 0, answer, body }: SentRequest): void {
    if (status >= 300) return;
    const { environments } = (body ?? {}) as { environments?: { name: string }[] };
    const { id, apiKey } = (answer ?? {}) as { id: string; apiKey: string };
    if (action === 'application.created') {
      for (const { name } of environments ?? []) this.targets.environment(appKey, name);
    } else if (action === 'application.deleted') this.targets.applications.delete(appKey);
    else if (action === 'environment.created') this.targets.environment(appKey, environment);
    else if (action === 'environment.deleted') this.targets.applications.get(appKey)?.delete(environment);
    else if (action === 'api-key.issued' || action === 'api-key.rotated') {
      this.targets.environment(appKey, environment).set(id, apiKey);
    }
  }

  /** Every change sets a value that was never there before, so that each one that happens leaves an entry. */
  private next(): Intent {
    const { random, targets } = this;
    const unique = `${this.name}.${this.sent.length}`;
    const action = random.weighted(WEIGHTS);
    const [appKey, environments] = random.pick(targets.applications) ?? [];
    const [environment, keys] = random.pick(environments ?? []) ?? [];
    const [keyId, apiKey] = random.pick(keys ?? []) ?? [];
    const full = targets.applications.size >= MAX_APPLICATIONS;
    if (appKey === undefined || (action === 'application.created' && !full)) return this.creation(unique);
    const application = `/applications/${appKey}`;
    if (action === 'application.deleted') return { action, appKey, method: 'DELETE', path: application };
    if (action === 'environment.created') {
      const name = random.pick(ENVIRONMENTS) ?? '';
      const body = { name, baseDomain: `${unique}.example.com` };
      return { action, appKey, environment: name, method: 'POST', path: `${application}/environments`, body };
    }
    if (environment === undefined || action === 'application.updated' || action === 'application.created') {
      return this.applicationUpdate(appKey, apiKey, unique);
    }
    const place = { appKey, environment };
    const path = `${application}/environments/${environment}`;
    switch (action) {
      case 'environment.updated':
        return { action, ...place, method: 'PUT', path, body: { baseDomain: `${unique}.example.com` } };
      case 'environment.deleted':
        return { action, ...place, method: 'DELETE', path };
    }
    if (keyId === undefined || apiKey === undefined || action === 'api-key.issued') {
      const body = { name: unique };
      return { action: 'api-key.issued', ...place, method: 'POST', path: `${path}/api-keys`, body };
    }
    switch (action) {
      case 'api-key.rotated':
        return { action, ...place, method: 'POST', path: `${path}/api-keys/${keyId}/rotate`, body: {} };
      case 'api-key.revoked':
        return { action, ...place, method: 'DELETE', path: `${path}/api-keys/${keyId}` };
      case 'endpoints.registered':
        return {
          action,
          ...place,
          method: 'POST',
          path: '/register/endpoints',
          headers: { 'X-App-Key': appKey, 'X-API-Key': apiKey },
          body: { app_key: appKey, environment, endpoints: this.batch(unique) },
        };
    }
  }

  private creation(unique: string): Intent {
    const environments = ENVIRONMENTS.slice(0, this.random.integer(1, 2)).map((name) => ({ name }));
    // From few app keys, so that some are taken and deleted ones come back.
    const appKey = `app-${this.random.integer(1, 2 * MAX_APPLICATIONS)}`;
    const body = { name: unique, appKey, environments };
    return { action: 'application.created', appKey, method: 'POST', path: '/applications', body };
  }

  private applicationUpdate(appKey: string, apiKey: string | undefined, unique: string): Intent {
    const byItself = apiKey !== undefined && this.random.chance(0.5);
    return {
      action: 'application.updated',
      appKey,
      method: 'PUT',
      path: `/applications/${appKey}`,
      headers: byItself ? { 'X-App-Key': appKey, 'X-API-Key': apiKey } : undefined,
      body: {
        name: unique,
        ...(this.random.chance(0.5) && { description: `Description of ${unique}` }),
        ...(this.random.chance(0.3) && { healthCheckUrl: `/health/${unique}` }),
      },
    };
  }

  /** Mostly small, sometimes large enough to be killed in the middle. */
  private batch(unique: string): SentEndpoint[] {
    const { random } = this;
    const size = random.chance(0.1) ? random.integer(200, 600) : random.integer(1, 30);
    const first = random.integer(1, 30);
    return Array.from({ length: size }, (_, index) => ({
      method: METHODS[(first + index) % METHODS.length] ?? 'GET',
      path: `/resources/${first + index}/{id}`,
      name: random.chance(0.5) ? `Operation ${first + index}` : unique,
      description: index === 0 ? unique : 'As before',
      isPublic: index % 2 === 0,
      responseBody: {
        type: 'object',
        properties: { id: { type: 'string' }, version: { const: random.integer(1, 3) } },
      },
    }));
  }
}
