import { ADMIN_KEY } from '../../support/secrets.js';
import { type Recording, SECONDS, TEXT, TIME } from './recording.js';

const HEADERS = { Accept: 'application/json', 'User-Agent': 'OpenAPI-Generator/1.0.0/python' };
const ADMIN = { ...HEADERS, 'X-Admin-Key': ADMIN_KEY };

const PROBED = { statusCode: 503, responseTime: SECONDS, message: TEXT };

/** Generated from the OpenAPI document of the reference: it rejects an answer that lacks a field, or has another word in it. */
export const STRICT_READER: Recording = {
  client: 'a client that was generated from the document of the reference',
  exchanges: [
    {
      step: 'read the health of the registry',
      request: 'GET /health',
      headers: HEADERS,
      status: 200,
      reads: { status: 'ok', dependencies: { database: 'ok' }, timestamp: TIME },
    },
    {
      step: 'read an application',
      request: 'GET /applications/order-service',
      headers: ADMIN,
      status: 200,
      reads: {
        ...{ id: TEXT, name: 'Order Service', description: 'Takes orders', appKey: 'order-service' },
        ...{ status: 'ACTIVE', authenticationMethod: 'API_KEY', userId: null },
        ...{ healthCheckUrl: '/actuator/health', healthStatus: 'UNKNOWN', lastHealthCheckAt: TIME },
        ...{ consecutiveFailures: 1, consecutiveSuccesses: 0, createdAt: TIME, updatedAt: TIME },
        environments: [
          {
            ...{ id: TEXT, name: 'production', description: null, baseDomain: TEXT, status: 'ACTIVE' },
            ...{ healthStatus: 'UNKNOWN', lastHealthCheckAt: TIME, applicationId: TEXT },
            ...{ createdAt: TIME, updatedAt: TIME },
          },
          {
            ...{ id: TEXT, name: 'staging', description: null, baseDomain: null, status: 'ACTIVE' },
            ...{ healthStatus: 'UNKNOWN', lastHealthCheckAt: null, applicationId: TEXT },
            ...{ createdAt: TIME, updatedAt: TIME },
          },
        ],
      },
    },
    {
      step: 'set an owner',
      request: 'PUT /applications/shop',
      headers: { ...ADMIN, 'Content-Type': 'application/json' },
      body: '{"owner":"shop@example.com"}',
      status: 200,
      reads: { appKey: 'shop', userId: 'shop@example.com' },
    },
    {
      step: 'have the health checked once more',
      request: 'POST /health-check/applications/order-service/check',
      headers: ADMIN,
      status: 200,
    },
    {
      step: 'read health checks, newest first',
      request: 'GET /health-check/applications/order-service/logs',
      headers: ADMIN,
      status: 200,
      reads: [
        {
          ...{ id: TEXT, applicationId: TEXT, environmentId: TEXT, status: 'failure', ...PROBED },
          ...{ consecutiveFailures: 2, consecutiveSuccesses: 0, createdAt: TIME },
        },
        {
          ...{ id: TEXT, applicationId: TEXT, environmentId: TEXT, status: 'failure', ...PROBED },
          ...{ consecutiveFailures: 1, consecutiveSuccesses: 0, createdAt: TIME },
        },
      ],
    },
  ],
};
