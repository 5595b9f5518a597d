import { Controller, Get, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import type { AccessPolicy } from '#libs/access/access.decorator.js';
import { loadConfig } from '#libs/config/load-config.js';
import { AppModule } from '#registry/app.module.js';
import { fastifyAdapter } from '#registry/http/fastify-adapter.js';
import { NO_OBSERVABILITY } from '#registry/observability/start-observability.js';
import { afterAll, beforeAll, describe, expect, it } from '../../support/jest.js';
import { documentOf, type Operation, operationsOf, schemeSetsOf } from '../../support/openapi-operations.js';
import { type RouteHandler, routeHandlersOf } from '../../support/route-handlers.js';
import { GIVEN_SECRETS } from '../../support/secrets.js';
import { AS_ADMIN, startApp, type TestApp } from '../../support/start-app.js';

const OPERATOR = [['AdminKey'], ['OperatorKey'], ['Session']];
const APPLICATION = [
  ['AppKey', 'ApiKey'],
  ['AppKey', 'ApiKey', 'Environment'],
];

const SECURITY: Readonly<Record<AccessPolicy, string[][]>> = {
  public: [],
  agent: OPERATOR,
  viewer: OPERATOR,
  editor: OPERATOR,
  admin: OPERATOR,
  'unbound-admin': OPERATOR,
  application: APPLICATION,
  'application-or-editor': [...OPERATOR, ...APPLICATION],
  discovery: [[], ...OPERATOR, ...APPLICATION],
  agents: [...OPERATOR, ...APPLICATION],
};

const withoutAccess = (handlers: readonly RouteHandler[]): string[] =>
  handlers.filter(({ access }) => access === undefined).map(({ id }) => id);

/** Routes that read what their body asks for. */
const READING = ['Mcp_answer'];

const withoutAudit = (handlers: readonly RouteHandler[]): string[] =>
  handlers
    .filter(({ method, action }) => !['GET', 'HEAD'].includes(method) && action === undefined)
    .map(({ id }) => id);

const byId = (one: { id: string }, other: { id: string }): number => one.id.localeCompare(other.id);

describe('routes', () => {
  let app: TestApp;
  let handlers: RouteHandler[];
  let operations: Operation[];

  beforeAll(async () => {
    app = await startApp();
    handlers = routeHandlersOf(app.nest);
    operations = operationsOf(await documentOf(app));
  });
  afterAll(() => app.close());

  it('are all in the OpenAPI document, under an id of their own', () => {
    const documented = operations.map(({ operationId: id, method }) => ({ id, method })).sort(byId);
    expect(documented).toEqual(handlers.map(({ id, method }) => ({ id, method })).sort(byId));
    expect(new Set(documented.map(({ id }) => id)).size).toBe(documented.length);
  });

  it('declare who may call them', () => {
    expect(withoutAccess(handlers)).toEqual([]);
  });

  it('that change something declare their audit action, and no other does', () => {
    expect(withoutAudit(handlers)).toEqual(READING);
    expect(handlers.filter(({ method, action }) => method === 'GET' && action !== undefined)).toEqual([]);
  });

  it('name an audit action of their own each', () => {
    const actions = handlers.flatMap(({ action }) => (action === undefined ? [] : [action]));
    expect(actions).toHaveLength(new Set(actions).size);
  });

  it('ask in the OpenAPI document for what their access policy asks', () => {
    const security = new Map(operations.map((operation) => [operation.operationId, schemeSetsOf(operation)]));
    expect(handlers.map(({ id }) => ({ id, security: security.get(id) }))).toEqual(
      handlers.map(({ id, access }) => ({ id, security: SECURITY[access ?? 'public'] })),
    );
  });
});

@Controller('undeclared')
class UndeclaredController {
  @Get()
  read(): string {
    return 'open to everybody';
  }
}

describe('a route that declares nothing', () => {
  let app: TestApp;
  let nest: NestFastifyApplication;

  beforeAll(async () => {
    app = await startApp();
    const config = await loadConfig({
      DATABASE_URL: app.database.url,
      ...GIVEN_SECRETS,
      LOG_LEVEL: 'critical',
    });
    @Module({
      imports: [AppModule.register(config, app.database.url, NO_OBSERVABILITY)],
      controllers: [UndeclaredController],
    })
    class ForgetfulModule {}
    const module = await Test.createTestingModule({ imports: [ForgetfulModule] }).compile();
    nest = module.createNestApplication<NestFastifyApplication>(fastifyAdapter(config), {
      bodyParser: false,
    });
    await nest.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    await nest.close();
    await app.close();
  });

  it.each([
    ['anonymous callers', {}],
    ['the operator', AS_ADMIN],
  ])('refuses %s', async (_, headers) => {
    const response = await request(await nest.getUrl())
      .get('/undeclared')
      .set(headers);
    expect(response.status).toBe(401);
    expect(response.body).toMatchObject({ type: 'urn:mcp-registry:problem:credentials-refused' });
    expect(response.text).not.toContain('open to everybody');
  });

  it('is noticed by the rule above', () => {
    expect(withoutAccess(routeHandlersOf(nest))).toEqual(['Undeclared_read']);
  });
});
