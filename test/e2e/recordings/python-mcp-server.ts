import { ADMIN_KEY } from '../../support/secrets.js';
import { type Recording, TEXT, TIME, whole } from './recording.js';

const PYTHON = {
  Accept: '*/*',
  'Accept-Encoding': 'gzip, deflate',
  Connection: 'keep-alive',
  'User-Agent': 'python-httpx/0.27.0',
  'X-Admin-Key': ADMIN_KEY,
};

const READ_OF_ENDPOINT = {
  ...{ id: TEXT, applicationId: TEXT, environmentId: TEXT, createdAt: TIME, updatedAt: TIME },
};
const READ_OF_ENVIRONMENT = {
  ...{ id: TEXT, name: 'production', status: 'ACTIVE', healthStatus: 'UNKNOWN', applicationId: TEXT },
  ...{ createdAt: TIME, updatedAt: TIME },
};
const READ_OF_APPLICATION = {
  ...{ id: TEXT, status: 'ACTIVE', authenticationMethod: 'API_KEY', healthStatus: 'UNKNOWN' },
  ...{ createdAt: TIME, updatedAt: TIME },
};

/** It makes a tool of every endpoint, and fetches the credentials for a call from the vault that `security` points to. */
export const PYTHON_MCP_SERVER: Recording = {
  client: 'the MCP server in Python',
  exchanges: [
    {
      step: 'read everything of an environment',
      request: 'GET /applications/with-endpoints?environment=production',
      headers: PYTHON,
      status: 200,
      reads: [
        {
          ...READ_OF_APPLICATION,
          ...{ appKey: 'order-service', name: 'Order Service', description: 'Takes orders' },
          environment: {
            ...READ_OF_ENVIRONMENT,
            baseDomain: TEXT,
            security: {
              ...{ id: TEXT, environmentId: TEXT, vaultKey: 'vault://orders/production' },
              ...{ rateLimitEnabled: true, rateLimitRequests: 100, rateLimitWindow: 60 },
              ...{ createdAt: TIME, updatedAt: TIME },
            },
          },
          endpoints: [
            { ...READ_OF_ENDPOINT, name: 'createOrder', method: 'POST', requestBody: { type: 'object' } },
            { ...READ_OF_ENDPOINT, name: 'getOrder', method: 'GET', isPublic: false, queryParams: null },
          ],
        },
        {
          ...READ_OF_APPLICATION,
          ...{ appKey: 'invoice-service', name: 'Invoice Service', description: 'Writes invoices' },
          environment: { ...READ_OF_ENVIRONMENT, baseDomain: null, security: null },
          endpoints: [
            { ...READ_OF_ENDPOINT, name: 'health', path: '/actuator/health', isPublic: true },
            { ...READ_OF_ENDPOINT, name: 'getInvoice', pathParams: whole({ invoiceId: 'Long' }) },
          ],
        },
        {
          ...READ_OF_APPLICATION,
          ...{ appKey: 'shop', name: 'Shop', description: null },
          environment: { ...READ_OF_ENVIRONMENT, baseDomain: null, security: null },
          endpoints: [
            {
              ...READ_OF_ENDPOINT,
              ...{ name: 'Find offers', path: '/offers', method: 'POST' },
              ...{ description: 'Offers that are valid now', isPublic: false, authType: 'BEARER' },
              authConfig: whole({ scopes: ['offers:read'] }),
              contentType: 'application/json',
              pathParams: whole({ type: 'object', properties: { shop: { type: 'string' } } }),
              queryParams: whole({ type: 'object', properties: { page: { type: 'string' } } }),
              // Shared definitions come with the schema: it can be read alone.
              requestBody: whole({
                $ref: '#/$defs/Filter',
                $defs: { Filter: { type: 'object', properties: { text: { type: 'string' } } } },
              }),
              responseBody: whole({
                type: 'array',
                items: { type: 'object', properties: { offer: { type: 'string' } } },
              }),
            },
          ],
        },
      ],
    },
    {
      step: 'read them again, and leave out whom it cannot use',
      request: 'GET /applications/with-endpoints?environment=staging',
      headers: PYTHON,
      status: 200,
      reads: [{ appKey: 'order-service', environment: { name: 'staging', security: null }, endpoints: [] }],
    },
    {
      step: 'read everything without naming an environment',
      request: 'GET /applications/with-endpoints',
      headers: PYTHON,
      status: 200,
      reads: [
        { appKey: 'order-service', environment: { name: 'production' } },
        { appKey: 'invoice-service', environment: { name: 'production' } },
        { appKey: 'shop', environment: { name: 'production' } },
      ],
    },
    {
      step: 'be refused without the admin key',
      request: 'GET /applications/with-endpoints',
      headers: { ...PYTHON, 'X-Admin-Key': '' },
      status: 401,
      reads: { status: 401 },
    },
  ],
};
