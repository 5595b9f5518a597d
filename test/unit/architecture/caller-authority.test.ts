import { Controller, HttpCode, Injectable, Module, Post } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { Access, type AccessPolicy } from '#libs/access/access.decorator.js';
import { Audited } from '#libs/audit-trail/audited.decorator.js';
import { loadConfig } from '#libs/config/load-config.js';
import { Database } from '#libs/database/database.js';
import { OPERATOR_ROLES } from '#libs/domain/operator.js';
import { AppModule } from '#registry/app.module.js';
import { fastifyAdapter } from '#registry/http/fastify-adapter.js';
import { NO_OBSERVABILITY } from '#registry/observability/start-observability.js';
import { asApplication, createApplication, endpoint, issueKey } from '../../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../../support/jest.js';
import { type RouteHandler, routeHandlersOf } from '../../support/route-handlers.js';
import { GIVEN_SECRETS } from '../../support/secrets.js';
import { AS_ADMIN, startApp, type TestApp } from '../../support/start-app.js';
import { statementsOfChange } from '../../support/statement-log.js';

/** Policies under which no application is let in with a key. */
const WITHOUT_APPLICATIONS: readonly (AccessPolicy | undefined)[] = [
  'unbound-admin',
  'public',
  ...OPERATOR_ROLES,
];

/** A request to every route by which an application changes something, and its number of statements. */
const SAMPLES: Readonly<
  Record<string, { method: 'post' | 'put'; path: string; body: object; most: number }>
> = {
  Endpoints_register: {
    method: 'post',
    path: '/register/endpoints',
    body: { app_key: 'orders', endpoints: [endpoint()] },
    // Besides BEGIN and COMMIT: the judgement, the lock, what is there, the shared definitions, the quota of the trail, what changes, the audit
    // entry.
    most: 7,
  },
  Applications_update: {
    method: 'put',
    path: '/applications/orders',
    body: { description: 'changed' },
    // The judgement, the lock, the environments for the entity tag, the change, the quota of the trail, the audit entry.
    most: 5,
  },
};

const JUDGEMENT = /FROM "ApiKey" k\s[^]*FOR NO KEY UPDATE OF a, e, k$/;

const changing = (handlers: readonly RouteHandler[]): string[] =>
  handlers
    .filter(({ access, action }) => action !== undefined && !WITHOUT_APPLICATIONS.includes(access))
    .map(({ id }) => id);

describe('every route by which an application changes something', () => {
  let app: TestApp;
  let apiKey: string;

  beforeAll(async () => {
    app = await startApp();
    await createApplication(app, { appKey: 'orders' });
    ({ apiKey } = await issueKey(app, 'orders'));
  });
  afterAll(() => app.close());

  it('has a sample here', () => {
    expect(changing(routeHandlersOf(app.nest)).sort()).toEqual(Object.keys(SAMPLES).sort());
  });

  it.each(Object.entries(SAMPLES))(
    '%s: has the caller judged by the first statement, once',
    async (_, sample) => {
      const { method, path, body, most } = sample;
      const caller = asApplication('orders', apiKey);
      // So that the key is known, and none of its statements are among those of the change.
      await app.http.put('/applications/orders').set(caller).send({}).expect(200);
      const own = await statementsOfChange(app, () =>
        app.http[method](path).set(caller).send(body).expect(200),
      );
      expect(own[0]).toMatch(JUDGEMENT);
      expect(own.filter((sql) => JUDGEMENT.test(sql))).toHaveLength(1);
      expect(own).toHaveLength(most);
    },
  );
});

/** What a test does while the handler runs. */
@Injectable()
class Meanwhile {
  work: () => Promise<unknown> = () => Promise.resolve();
}

/** Changes something without a thought to who asks for it. */
@Controller('careless')
class CarelessController {
  constructor(
    private readonly database: Database,
    private readonly meanwhile: Meanwhile,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('application')
  @Audited('endpoints.registered')
  async change(): Promise<void> {
    await this.meanwhile.work();
    await this.database.query(`UPDATE "Environment" SET "description" = 'careless'`);
  }

  @Post('caught')
  @HttpCode(200)
  @Access('application')
  @Audited('environment.updated')
  async changeAnyway(): Promise<void> {
    await this.change().catch(() => undefined);
    await this.change().catch(() => undefined);
  }
}

describe('a route that does not think of it', () => {
  let app: TestApp;
  let nest: NestFastifyApplication;
  let meanwhile: Meanwhile;

  beforeAll(async () => {
    app = await startApp();
    const config = await loadConfig({
      DATABASE_URL: app.database.url,
      ...GIVEN_SECRETS,
      LOG_LEVEL: 'critical',
    });
    @Module({
      imports: [AppModule.register(config, app.database.url, NO_OBSERVABILITY)],
      controllers: [CarelessController],
      providers: [Meanwhile],
    })
    class CarelessModule {}
    const module = await Test.createTestingModule({ imports: [CarelessModule] }).compile();
    nest = module.createNestApplication<NestFastifyApplication>(fastifyAdapter(config), {
      bodyParser: false,
    });
    await nest.listen(0, '127.0.0.1');
    meanwhile = nest.get(Meanwhile);
  });
  afterAll(async () => {
    await nest.close();
    await app.close();
  });

  it.each(['/careless', '/careless/caught'])('is judged all the same: POST %s', async (path) => {
    const appKey = path.replaceAll('/', '-').slice(1);
    await createApplication(app, { appKey });
    const { id, apiKey } = await issueKey(app, appKey);
    const call = async (): Promise<number> => {
      const sent = request(await nest.getUrl())
        .post(path)
        .set(asApplication(appKey, apiKey))
        .send({});
      return (await sent).status;
    };
    const changed = (): Promise<unknown[]> =>
      app.database.query(`SELECT FROM "Environment" WHERE "description" = 'careless'`);
    meanwhile.work = async () => {
      // Once: the key stays locked by the transaction in which it was judged.
      meanwhile.work = () => Promise.resolve();
      await app.http
        .delete(`/applications/${appKey}/environments/production/api-keys/${id}`)
        .set(AS_ADMIN)
        .expect(204);
    };
    expect(await call()).toBe(401);
    expect(await changed()).toEqual([]);
  });

  it('is carried out for a caller that has its key still', async () => {
    await createApplication(app, { appKey: 'careful' });
    const { apiKey } = await issueKey(app, 'careful');
    meanwhile.work = () => Promise.resolve();
    await request(await nest.getUrl())
      .post('/careless')
      .set(asApplication('careful', apiKey))
      .send({})
      .expect(200);
    expect(
      await app.database.query(`SELECT FROM "Environment" WHERE "description" = 'careless'`),
    ).not.toEqual([]);
  });

  it('is noticed by the rule above', () => {
    expect(changing(routeHandlersOf(nest))).toEqual(
      expect.arrayContaining(['Careless_change', 'Careless_changeAnyway']),
    );
  });
});
