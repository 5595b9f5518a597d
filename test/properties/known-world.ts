import { exchange, type WireAnswer, type WireRequest } from '../support/http-exchange.js';
import type { SpawnedService } from '../support/spawned-service.js';
import { ADMIN_KEY } from '../support/start-app.js';
import { KNOWN } from './known-names.js';
import type { Credentials, RequestPlan } from './request-plans.js';

interface Known {
  readonly appKey: string;
  readonly environmentId: string;
  readonly apiKey: string;
  readonly apiKeyId: string;
  readonly qaApiKey: string;
  readonly operatorKeyId: string;
}

const OPERATOR = 'ann.smith';

/** Requests after which everything is made again, so that lists stay short. */
const RENEWAL = 400;

/** The application that requests are about, made again whenever one of them spoiled it. */
export class KnownWorld {
  private known: Known | undefined;
  private sent = 0;

  constructor(private readonly service: SpawnedService) {}

  /** Sends a plan with what its known names stand for, and gives the request as it went out. */
  async send(plan: RequestPlan): Promise<{ request: WireRequest; answer: WireAnswer }> {
    this.sent += 1;
    if (this.sent % RENEWAL === 0) this.known = undefined;
    this.known ??= await this.renewed();
    const request = filled(plan, this.known);
    const answer = await exchange(this.service.url, request);
    if (plan.method !== 'GET' && answer.status < 300) this.known = undefined;
    return { request, answer };
  }

  private async renewed(): Promise<Known> {
    await this.service.database.query('DELETE FROM "Application"');
    await this.service.database.query('DELETE FROM "Operator"');
    await this.create('/operators', { name: OPERATOR, kind: 'person', role: 'viewer' });
    const operatorKey = await this.create<{ id: string }>(`/operators/${OPERATOR}/keys`, {
      name: 'properties',
    });
    // Not the name of the examples: the one that creates an application is to succeed.
    const appKey = 'shop';
    const application = await this.create<{ environments: { id: string }[] }>('/applications', {
      name: 'Shop',
      appKey,
      environments: [{ name: 'production', baseDomain: 'api.example.com' }, { name: 'qa' }],
    });
    const issue = (environment: string): Promise<{ id: string; apiKey: string }> =>
      this.create(`/applications/${appKey}/environments/${environment}/api-keys`, { name: 'properties' });
    const [production, qa] = [await issue('production'), await issue('qa')];
    return {
      appKey,
      environmentId: application.environments[0]?.id ?? '',
      apiKey: production.apiKey,
      apiKeyId: production.id,
      qaApiKey: qa.apiKey,
      operatorKeyId: operatorKey.id,
    };
  }

  private async create<T>(target: string, body: object): Promise<T> {
    const answer = await exchange(this.service.url, {
      method: 'POST',
      target,
      headers: { 'X-Admin-Key': ADMIN_KEY, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.status !== 201) throw new Error(`POST ${target} answers ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body) as T;
  }
}

function filled({ method, target, credentials, headers, body }: RequestPlan, known: Known): WireRequest {
  const fill = (text: string): string =>
    text
      .replaceAll(KNOWN.app_key, known.appKey)
      .replaceAll(KNOWN.environment_id, known.environmentId)
      .replaceAll(KNOWN.id, known.apiKeyId)
      .replaceAll(KNOWN.operator, OPERATOR)
      .replaceAll(KNOWN.operator_key_id, known.operatorKeyId);
  return {
    method,
    target: fill(target),
    headers: { ...headers, ...credentialHeaders(credentials, known) },
    body: typeof body === 'string' ? fill(body) : body,
  };
}

function credentialHeaders(credentials: Credentials, known: Known): Record<string, string> {
  switch (credentials) {
    case 'admin':
      return { 'X-Admin-Key': ADMIN_KEY };
    case 'application':
      return { 'X-App-Key': known.appKey, 'X-API-Key': known.apiKey };
    case 'qa':
      return { 'X-App-Key': known.appKey, 'X-API-Key': known.qaApiKey, 'X-Environment': 'qa' };
    case 'wrong':
      return {
        'X-Admin-Key': 'wrong',
        'X-App-Key': known.appKey,
        'X-API-Key': `${known.apiKey.slice(0, -1)}!`,
      };
    case 'everything':
      return { 'X-Admin-Key': ADMIN_KEY, 'X-App-Key': known.appKey, 'X-API-Key': known.apiKey };
    case 'none':
      return {};
  }
}
