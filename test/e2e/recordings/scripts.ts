import { ADMIN_KEY } from '../../support/secrets.js';
import { type Recording, SECONDS, TEXT, TIME } from './recording.js';

const CURL = { 'User-Agent': 'curl/8.5.0', Accept: '*/*' };
const ADMIN = { ...CURL, 'X-Admin-Key': ADMIN_KEY };
const JSON_ADMIN = { ...ADMIN, 'Content-Type': 'application/json' };

const ENVIRONMENT = {
  id: TEXT,
  description: null,
  status: 'ACTIVE',
  healthStatus: 'UNKNOWN',
  lastHealthCheckAt: null,
  applicationId: TEXT,
  createdAt: TIME,
  updatedAt: TIME,
};
const APPLICATION = {
  id: TEXT,
  status: 'ACTIVE',
  authenticationMethod: 'API_KEY',
  userId: null,
  healthStatus: 'UNKNOWN',
  lastHealthCheckAt: null,
  consecutiveFailures: 0,
  consecutiveSuccesses: 0,
  createdAt: TIME,
  updatedAt: TIME,
};

/** How an operator's scripts set up what the services find. */
export const SET_UP: Recording = {
  client: 'the curl scripts, before the services start',
  exchanges: [
    {
      step: 'wait for the registry',
      request: 'GET /health',
      headers: CURL,
      status: 200,
      reads: { status: 'ok', version: TEXT, dependencies: { database: 'ok' }, timestamp: TIME },
    },
    {
      step: 'create an application',
      request: 'POST /applications',
      headers: JSON_ADMIN,
      body: '{\n  "name": "Order Service",\n  "appKey": "order-service",\n  "description": "Takes orders",\n  "environments": [{"name": "production", "baseDomain": "{{origin}}"}, {"name": "staging"}]\n}\n',
      status: 201,
      reads: {
        ...APPLICATION,
        ...{ appKey: 'order-service', name: 'Order Service', description: 'Takes orders' },
        healthCheckUrl: null,
        environments: [
          { ...ENVIRONMENT, name: 'production', baseDomain: TEXT },
          { ...ENVIRONMENT, name: 'staging', baseDomain: null },
        ],
      },
    },
    {
      step: 'create another one, with what is there by default',
      request: 'POST /applications',
      headers: JSON_ADMIN,
      body: '{"name":"Invoice Service"}',
      status: 201,
      reads: { ...APPLICATION, appKey: 'invoice-service', environments: [{ name: 'production' }] },
    },
    {
      step: 'refuse an app key that is taken',
      request: 'POST /applications',
      headers: JSON_ADMIN,
      body: '{"name":"Order Service","appKey":"order-service"}',
      status: 409,
      readsHeaders: { 'content-type': 'application/problem+json; charset=utf-8' },
      reads: { title: TEXT, status: 409, detail: TEXT },
    },
    {
      step: 'issue a key',
      request: 'POST /applications/order-service/environments/production/api-keys',
      headers: JSON_ADMIN,
      body: '{"name": "deployment"}',
      status: 201,
      reads: { id: TEXT, name: 'deployment', apiKey: TEXT, isActive: true, expiresAt: null },
      keeps: ({ apiKey }: { apiKey: string }) => ({ 'key of order-service': apiKey }),
    },
    {
      step: 'issue a key of another environment',
      request: 'POST /applications/order-service/environments/staging/api-keys',
      headers: JSON_ADMIN,
      body: '{"name": "staging"}',
      status: 201,
      keeps: ({ apiKey }: { apiKey: string }) => ({ 'staging key of order-service': apiKey }),
    },
    {
      step: 'issue a key that expires',
      request: 'POST /applications/invoice-service/environments/production/api-keys',
      headers: JSON_ADMIN,
      body: '{"name": "deployment", "expiresInDays": 365}',
      status: 201,
      reads: { id: TEXT, name: 'deployment', apiKey: TEXT, expiresAt: TIME },
      keeps: ({ apiKey }: { apiKey: string }) => ({ 'key of invoice-service': apiKey }),
    },
    {
      step: 'say where the vault keeps the credentials',
      request: 'PUT /applications/order-service/environments/production',
      headers: JSON_ADMIN,
      body: '{"security": {"vaultKey": "vault://orders/production", "rateLimitEnabled": true, "rateLimitRequests": 100, "rateLimitWindow": 60}}',
      status: 200,
      reads: { name: 'production', status: 'ACTIVE' },
    },
    {
      step: 'be refused with a wrong admin key',
      request: 'GET /applications',
      headers: { ...CURL, 'X-Admin-Key': 'not-the-admin-key' },
      status: 401,
      readsHeaders: { 'www-authenticate': 'ApiKey' },
      reads: { status: 401, title: TEXT, detail: TEXT },
    },
  ],
};

/** How an operator's scripts look at what the services have done. */
export const LOOK: Recording = {
  client: 'the curl scripts, when the services run',
  exchanges: [
    {
      step: 'list applications',
      request: 'GET /applications',
      headers: ADMIN,
      status: 200,
      reads: [
        { ...APPLICATION, appKey: 'order-service', name: 'Order Service' },
        { ...APPLICATION, appKey: 'invoice-service', name: 'Invoice Service' },
        { ...APPLICATION, appKey: 'shop', name: 'Shop' },
      ],
    },
    {
      step: 'list the environments of one',
      request: 'GET /applications/order-service/environments',
      headers: ADMIN,
      status: 200,
      reads: [
        { ...ENVIRONMENT, name: 'production' },
        { ...ENVIRONMENT, name: 'staging' },
      ],
    },
    {
      step: 'list keys, which show no secret',
      request: 'GET /applications/order-service/environments/production/api-keys',
      headers: ADMIN,
      status: 200,
      reads: [{ id: TEXT, name: 'deployment', isActive: true, expiresAt: null, createdAt: TIME }],
    },
    {
      step: 'list endpoints without a key',
      request: 'GET /endpoints?app_key=order-service&environment=production',
      headers: CURL,
      status: 200,
      reads: {
        environment: { id: TEXT, name: 'production', baseDomain: TEXT, healthStatus: 'UNKNOWN' },
        endpoints: [
          { name: 'createOrder', method: 'POST', path: '/orders' },
          { name: 'getOrder', method: 'GET', path: '/orders/{orderId}' },
        ],
      },
    },
    {
      step: 'list endpoints of an application that is not there',
      request: 'GET /endpoints?app_key=absent',
      headers: CURL,
      status: 404,
      reads: { status: 404, detail: "There is no application 'absent'." },
    },
    {
      step: 'have the health checked',
      request: 'POST /health-check/applications/order-service/check',
      headers: ADMIN,
      status: 200,
      reads: {
        appKey: 'order-service',
        checks: [{ environment: 'production', status: 'failure', statusCode: 503, responseTime: SECONDS }],
      },
      keeps: ({ id }: { id: string }) => ({ 'id of order-service': id }),
    },
    {
      step: 'look at the health by id',
      request: 'GET /health-check/applications/{{id of order-service}}',
      headers: ADMIN,
      status: 200,
      reads: {
        appKey: 'order-service',
        healthStatus: 'UNKNOWN',
        environments: [
          { name: 'production', healthStatus: 'UNKNOWN', lastHealthCheckAt: TIME },
          { name: 'staging', healthStatus: 'UNKNOWN', lastHealthCheckAt: null },
        ],
      },
    },
    {
      step: 'name an application after its app key, as an operator may',
      request: 'PUT /applications/shop',
      headers: JSON_ADMIN,
      body: '{"name": "shop"}',
      status: 200,
      reads: { appKey: 'shop', name: 'shop' },
    },
    {
      step: 'look into the audit trail',
      request: 'GET /audit-logs?app_key=invoice-service&limit=2',
      headers: ADMIN,
      status: 200,
      reads: [
        { id: TEXT, action: 'endpoints.registered', actor: 'application', createdAt: TIME, ipAddress: TEXT },
        { id: TEXT, action: 'application.updated', actor: 'application', createdAt: TIME, ipAddress: TEXT },
      ],
    },
  ],
};
