import { type Recording, TEXT, TIME, whole } from './recording.js';

/** What the HTTP client of Spring sends with every request. */
const SPRING = {
  Accept: 'text/plain, application/json, application/*+json, */*',
  'Content-Type': 'application/json',
  'User-Agent': 'Java/17.0.9',
  Connection: 'keep-alive',
};
const ORDERS = { ...SPRING, 'X-App-Key': 'order-service', 'X-API-Key': '{{key of order-service}}' };
const INVOICES = { ...SPRING, 'X-App-Key': 'invoice-service', 'X-API-Key': '{{key of invoice-service}}' };

const JSON_SCHEMA = { type: 'object', properties: { orderId: { type: 'string' } }, required: ['orderId'] };

/** Fields that no version of the library knows: a service that it described answers nothing in them. */
const NEW_FIELDS = {
  ...{ operationId: null, tags: null, deprecated: false, headerParams: null, cookieParams: null },
  ...{ parameterStyles: null, requestBodyRequired: false, responseContentType: null, baseUrl: null },
  keywords: null,
};

/** It names its application, and sends null for what it does not know. */
const FIRST_UPDATE =
  '{"name":"Order Service","description":"Takes orders","healthCheckUrl":"/actuator/health","appKey":"order-service","sdkVersion":"0.0.1"}';
const FIRST_BATCH = `{"app_key":"order-service","environment":"production","sdkVersion":"0.0.1","endpoints":[${[
  `{"name":"getOrder","path":"/orders/{orderId}","method":"GET","description":null,"isPublic":null,"authType":null,"authConfig":null,"contentType":null,"pathParams":${JSON.stringify(JSON.stringify(JSON_SCHEMA))},"queryParams":null,"requestBody":null,"responseBody":"{\\"type\\":\\"object\\",\\"properties\\":{\\"id\\":{\\"type\\":\\"string\\"}}}","controllerClass":"com.example.OrderController"}`,
  `{"name":"createOrder","path":"/orders","method":"post","description":"Creates an order","isPublic":false,"authType":"BEARER","authConfig":null,"contentType":"application/json","pathParams":{},"queryParams":"{}","requestBody":${JSON.stringify(JSON_SCHEMA)},"responseBody":"OrderDto","parameters":[{"name":"dryRun","in":"query"}]}`,
].join(',')}]}`;

export const SPRING_SDK_0_0_1: Recording = {
  client: 'the Java library 0.0.1',
  exchanges: [
    {
      step: 'update the application when the service starts',
      request: 'PUT /applications/order-service',
      headers: ORDERS,
      body: FIRST_UPDATE,
      status: 200,
      reads: {
        id: TEXT,
        ...{ name: 'Order Service', description: 'Takes orders', appKey: 'order-service' },
        ...{ status: 'ACTIVE', healthCheckUrl: '/actuator/health', userId: null },
        updatedAt: TIME,
      },
    },
    {
      step: 'register the endpoints',
      request: 'POST /register/endpoints',
      headers: ORDERS,
      body: FIRST_BATCH,
      status: 200,
      reads: {
        ...{ added: 2, updated: 0, deleted: 0, unchanged: 0 },
        message: '2 endpoints registered in production: 2 added, 0 updated, 0 deleted, 0 unchanged',
      },
    },
    {
      step: 'update the application when the service starts again',
      request: 'PUT /applications/order-service',
      headers: ORDERS,
      body: FIRST_UPDATE,
      status: 200,
      reads: { name: 'Order Service', healthCheckUrl: '/actuator/health' },
    },
    {
      step: 'update the application with the key of another environment, too',
      request: 'PUT /applications/order-service',
      headers: { ...ORDERS, 'X-API-Key': '{{staging key of order-service}}' },
      body: FIRST_UPDATE,
      status: 200,
      without: ['sdkVersion'],
      reads: { name: 'Order Service', description: 'Takes orders' },
    },
    {
      step: 'register the same endpoints',
      request: 'POST /register/endpoints',
      headers: ORDERS,
      body: FIRST_BATCH,
      status: 200,
      reads: { added: 0, updated: 0, deleted: 0, unchanged: 2, message: TEXT },
    },
    {
      step: 'read back what is registered',
      request: 'GET /endpoints?app_key=order-service&environment=production',
      headers: ORDERS,
      status: 200,
      without: ['controllerClass', 'parameters', 'sdkVersion'],
      reads: {
        environment: { id: TEXT, name: 'production', baseDomain: TEXT, status: 'ACTIVE' },
        endpoints: [
          {
            ...{ id: TEXT, applicationId: TEXT, environmentId: TEXT, createdAt: TIME, updatedAt: TIME },
            ...{ name: 'createOrder', path: '/orders', method: 'POST', description: 'Creates an order' },
            ...{ isPublic: false, authType: 'BEARER', authConfig: null, contentType: 'application/json' },
            ...{ pathParams: whole({}), queryParams: whole({}), requestBody: whole(JSON_SCHEMA) },
            responseBody: 'OrderDto',
            ...NEW_FIELDS,
          },
          {
            ...{ id: TEXT, applicationId: TEXT, environmentId: TEXT, createdAt: TIME, updatedAt: TIME },
            ...{ name: 'getOrder', path: '/orders/{orderId}', method: 'GET', description: null },
            ...{ isPublic: false, authType: null, authConfig: null, contentType: null },
            ...{ pathParams: whole(JSON_SCHEMA), queryParams: null, requestBody: null },
            responseBody: whole({ type: 'object', properties: { id: { type: 'string' } } }),
            ...NEW_FIELDS,
          },
        ],
      },
    },
  ],
};

/** It was given no name, and sends the app key; what it does not know is an empty text. */
const SECOND_UPDATE =
  '{"name":"invoice-service","description":"Writes invoices","healthCheckUrl":"actuator/health"}';
const invoiceBatch = (environment: string): string =>
  `{"app_key":"invoice-service","environment":"${environment}","endpoints":[${[
    '{"name":"getInvoice","path":"/invoices/{invoiceId}","method":"GET","description":"One invoice with its lines","isPublic":false,"authType":"","contentType":"","pathParams":"{\\"invoiceId\\":\\"Long\\"}","queryParams":"{\\"since\\":\\"LocalDate\\"}","requestBody":null,"responseBody":"{\\"total\\":\\"BigDecimal\\"}"}',
    '{"name":"health","path":"actuator/health","method":"GET","description":"","isPublic":true,"authType":"","contentType":"","pathParams":null,"queryParams":null,"requestBody":null,"responseBody":null}',
  ].join(',')}]}`;

export const SPRING_SDK_0_0_2: Recording = {
  client: 'the Java library 0.0.2',
  exchanges: [
    {
      step: 'update the application when the service starts, and leave it its name',
      request: 'PUT /applications/invoice-service',
      headers: INVOICES,
      body: SECOND_UPDATE,
      status: 200,
      reads: {
        ...{ name: 'Invoice Service', appKey: 'invoice-service', description: 'Writes invoices' },
        healthCheckUrl: '/actuator/health',
      },
    },
    {
      step: 'register the endpoints',
      request: 'POST /register/endpoints',
      headers: INVOICES,
      body: invoiceBatch('production'),
      status: 200,
      reads: { added: 2, updated: 0, deleted: 0, unchanged: 0, message: TEXT },
    },
    {
      step: 'update the application when the service starts again',
      request: 'PUT /applications/invoice-service',
      headers: INVOICES,
      body: SECOND_UPDATE,
      status: 200,
      reads: { name: 'Invoice Service', healthCheckUrl: '/actuator/health' },
    },
    {
      step: 'find its endpoints unchanged',
      request: 'POST /register/endpoints',
      headers: INVOICES,
      body: invoiceBatch('production'),
      status: 200,
      reads: { added: 0, updated: 0, deleted: 0, unchanged: 2, message: TEXT },
    },
    {
      step: 'read back what is registered',
      request: 'GET /endpoints?app_key=invoice-service',
      headers: INVOICES,
      status: 200,
      reads: {
        environment: { name: 'production' },
        endpoints: [
          {
            ...{ name: 'health', path: '/actuator/health', method: 'GET', isPublic: true },
            ...{ authType: null, contentType: null, pathParams: null, queryParams: null },
            ...NEW_FIELDS,
          },
          {
            ...{ name: 'getInvoice', path: '/invoices/{invoiceId}', method: 'GET', isPublic: false },
            ...{ authType: null, contentType: null, requestBody: null },
            pathParams: whole({ invoiceId: 'Long' }),
            queryParams: whole({ since: 'LocalDate' }),
            responseBody: whole({ total: 'BigDecimal' }),
            ...NEW_FIELDS,
          },
        ],
      },
    },
    {
      step: 'be told which environment its key is for when the service misspells it',
      request: 'POST /register/endpoints',
      headers: INVOICES,
      body: invoiceBatch('prodution'),
      status: 403,
      reads: {
        status: 403,
        detail:
          "The API key is for the environment 'production', which is not the one that the request means.",
      },
    },
    {
      step: 'be refused with a key that was not issued',
      request: 'POST /register/endpoints',
      headers: { ...INVOICES, 'X-API-Key': 'mcp_0123456789abcdef_made-up' },
      body: invoiceBatch('production'),
      status: 401,
      readsHeaders: { 'www-authenticate': 'ApiKey' },
      reads: { status: 401, title: 'Credentials refused' },
    },
    {
      step: 'be refused when it lost its endpoints',
      request: 'POST /register/endpoints',
      headers: INVOICES,
      body: '{"app_key":"invoice-service","environment":"production","endpoints":[]}',
      status: 400,
      reads: { status: 400, errors: [{ pointer: '#/endpoints' }] },
    },
  ],
};
