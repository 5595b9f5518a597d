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
  readonly operatorKey: string;
}

const OPERATOR = 'ann.smith';
const SESSION_ID = '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f18';

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
    const request = filled(plan, this.known, this.sent);
    const answer = await exchange(this.service.url, request);
    if (plan.method !== 'GET' && answer.status < 300) this.known = undefined;
    return { request, answer };
  }

  private async renewed(): Promise<Known> {
    await this.service.database.query('DELETE FROM "Application"');
    await this.service.database.query('DELETE FROM "Operator"');
    await this.create('/operators', { name: OPERATOR, kind: 'person', role: 'viewer' });
    const operatorKey = await this.create<{ id: string; key: string }>(`/operators/${OPERATOR}/keys`, {
      name: 'properties',
    });
    // Sign-ins are counted: this is none.
    await this.service.database.query(
      `INSERT INTO "OperatorSession" ("id", "tokenHash", "operatorKeyId", "createdAt", "lastSeenAt", "expiresAt")
       VALUES ($1, 'none', $2, now(), now(), now() + interval '1 hour')`,
      [SESSION_ID, operatorKey.id],
    );
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
      operatorKey: operatorKey.key,
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

function filled(
  { method, target, credentials, headers, body }: RequestPlan,
  known: Known,
  sent: number,
): WireRequest {
  const fill = (text: string): string =>
    text
      .replaceAll(KNOWN.app_key, known.appKey)
      .replaceAll(KNOWN.environment_id, known.environmentId)
      .replaceAll(KNOWN.id, known.apiKeyId)
      .replaceAll(KNOWN.operator, OPERATOR)
      .replaceAll(KNOWN.operator_key_id, known.operatorKeyId)
      .replaceAll(KNOWN.key, known.operatorKey)
      .replaceAll(KNOWN.session_id, SESSION_ID);
  return {
    method,
    target: fill(target),
    headers: { ...pageHeaders(sent), ...headers, ...credentialHeaders(credentials, known) },
    body: typeof body === 'string' ? fill(body) : body,
  };
}

/** Of a page of the registry, each time in another network, because sign-ins are counted. */
function pageHeaders(sent: number): Record<string, string> {
  return {
    'X-Registry-Console': '1',
    'Sec-Fetch-Site': 'same-origin',
    'X-Forwarded-For': `203.0.${Math.floor(sent / 250) % 250}.${sent % 250}`,
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
