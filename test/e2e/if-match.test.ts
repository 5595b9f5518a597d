import { entriesOf } from '../support/audit-trail.js';
import { createApplication, endpoint } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { holdRows } from '../support/held-rows.js';
import { exchange, type WireAnswer } from '../support/http-exchange.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin, status } from '../support/loopback-origin.js';
import { documentOf, operationsOf } from '../support/openapi-operations.js';
import { createRegistrant, register, type Registrant } from '../support/registrations.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const ORIGIN = 'https://console.example.com';
/** How often each race is run, more for a longer run. */
const ROUNDS = Number(process.env.RACE_ROUNDS ?? 4);
const TAG = /^"[\w-]{43}"$/;

let app: TestApp;
let replica: TestApp;
let up: LoopbackOrigin;
let made = 0;

beforeAll(async () => {
  app = await startApp({ HEALTH_CHECK_TIMEOUT: '1' });
  replica = await startApp({ CORS_ORIGINS: ORIGIN }, app.database);
  up = await startOrigin(status(200));
});
afterAll(async () => {
  await replica.nest.close();
  await app.close();
  await up.close();
});

type Headers = Readonly<Record<string, string>>;

const send = (
  method: string,
  target: string,
  { body, headers = {}, to = app }: { body?: object; headers?: Headers; to?: TestApp } = {},
): Promise<WireAnswer> =>
  exchange(to.url, {
    method,
    target,
    headers: { ...AS_ADMIN, ...(body && { 'Content-Type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
const tagOf = ({ headers }: WireAnswer): string => String(headers.etag);
const problemOf = ({ body }: WireAnswer): unknown => JSON.parse(body);
const currentTag = async (target: string): Promise<string> => tagOf(await send('GET', target));

interface Created {
  readonly path: string;
  readonly created: WireAnswer;
  /** Creates the same again. */
  readonly again: () => Promise<WireAnswer>;
}

interface Resource {
  readonly create: () => Promise<Created>;
  /** Gives a body that changes it. */
  readonly edit: (text: string) => object;
  readonly notFound: string;
  readonly missing: string;
}

const newName = (): string => `thing-${(made += 1)}`;

async function createIn(collection: string, name: string, body: object): Promise<Created> {
  const again = (): Promise<WireAnswer> => send('POST', collection, { body });
  return { path: `${collection}/${name}`, created: await again(), again };
}

const RESOURCES = {
  Applications: {
    create: () => {
      const appKey = newName();
      const environments = [{ name: 'one' }, { name: 'two' }, { name: 'three' }];
      return createIn('/applications', appKey, { name: 'Thing', appKey, environments });
    },
    edit: (text) => ({ description: text }),
    notFound: 'application-not-found',
    missing: '/applications/missing',
  },
  Environments: {
    create: async () => {
      const { appKey } = await createApplication(app, { appKey: newName() });
      const body = { name: 'staging', baseDomain: 'api.example.com' };
      return createIn(`/applications/${appKey}/environments`, 'staging', body);
    },
    edit: (text) => ({ description: text }),
    notFound: 'application-not-found',
    missing: '/applications/missing/environments/staging',
  },
  Operators: {
    create: () => {
      const name = newName();
      return createIn('/operators', name, { name, kind: 'service', role: 'agent' });
    },
    edit: (text) => ({ role: text === 'first' ? 'viewer' : 'editor' }),
    notFound: 'operator-not-found',
    missing: '/operators/missing',
  },
} as const satisfies Readonly<Record<string, Resource>>;
const resources = Object.entries<Resource>(RESOURCES);

/** What `If-Match` is made of: a tag that is current, and one that was. */
type Given = (tags: { readonly current: string; readonly stale: string }) => string;

const MET: Readonly<Record<string, Given>> = {
  'the current tag': ({ current }) => current,
  'a list that has it': ({ current, stale }) => `${stale}, "other",${current}`,
  'a list with empty elements': ({ current }) => `, ,${current} ,\t, `,
  'the tag as a proxy names it that compresses': ({ current }) => `${current.slice(0, -1)}-gzip"`,
  'any tag': () => '*',
  'any tag, with blanks': () => ' * ',
};
const UNMET: Readonly<Record<string, Given>> = {
  'a stale tag': ({ stale }) => stale,
  'another tag': () => '"other"',
  'an empty tag': () => '""',
  'the current one as a weak tag': ({ current }) => `W/${current}`,
  'the current one with more to it': ({ current }) => `${current.slice(0, -1)}-zip"`,
  'a list without it': ({ current, stale }) => `${stale}, W/${current}, "a,b", "*"`,
};
const MALFORMED: Readonly<Record<string, Given>> = {
  'an empty value': () => '',
  'nothing but commas': () => ' , ,',
  'a tag without quotes': ({ current }) => current.slice(1, -1),
  'a tag that does not end': ({ current }) => current.slice(0, -1),
  'tags without a comma': ({ current }) => `${current} ${current}`,
  'a small w': ({ current }) => `w/${current}`,
  'a blank in a tag': () => '"a b"',
  'any tag in a list': ({ current }) => `${current}, *`,
  'a long list': ({ current }) => Array.from({ length: 60 }, () => current).join(','),
};

/** Of a change whose new tag is asked for. */
const ANY = { 'If-Match': '*' };

/** The methods and what they answer when they do something. */
const CHANGES = [
  ['PUT', 200],
  ['DELETE', 204],
] as const;

describe.each(resources)('%s', (_, { create, edit, missing, notFound }) => {
  it('answer one strong tag when they are created, read and changed, and another one after an edit', async () => {
    const { path, created } = await create();
    expect([created.status, created.headers.etag]).toEqual([201, expect.stringMatching(TAG)]);
    const first = await send('GET', path);
    expect(first.headers).toMatchObject({ etag: tagOf(created), 'cache-control': 'no-store' });
    const head = await send('HEAD', path);
    expect(head.headers.etag).toBe(tagOf(created));
    const changed = await send('PUT', path, { body: edit('first'), headers: ANY });
    expect(tagOf(changed)).toMatch(TAG);
    expect(tagOf(changed)).not.toBe(tagOf(created));
    expect(await currentTag(path)).toBe(tagOf(changed));
    expect(tagOf(await send('PUT', path, { body: edit('first'), headers: ANY }))).toBe(tagOf(changed));
    expect(tagOf(await send('PUT', path, { body: edit('second'), headers: ANY }))).not.toBe(tagOf(changed));
  });

  it('are answered in full whatever tag the client has: theirs names no bytes', async () => {
    const { path, created } = await create();
    const again = await send('GET', path, { headers: { 'If-None-Match': tagOf(created) } });
    expect([again.status, again.body !== '']).toEqual([200, true]);
  });

  it('have another tag when they are made again', async () => {
    const { path, created, again } = await create();
    expect((await send('DELETE', path)).status).toBe(204);
    const next = await again();
    expect([next.status, tagOf(next) === tagOf(created)]).toEqual([201, false]);
    expect(await currentTag(path)).toBe(tagOf(next));
  });

  describe.each(CHANGES)('%s', (method, success) => {
    const body = method === 'PUT' ? edit('second') : undefined;
    const change = (path: string, headers: Headers): Promise<WireAnswer> =>
      send(method, path, { headers, ...(body && { body }) });
    const changedOnce = async (): Promise<{ path: string; current: string; stale: string }> => {
      const { path, created } = await create();
      return {
        path,
        stale: tagOf(created),
        current: tagOf(await send('PUT', path, { body: edit('first'), headers: ANY })),
      };
    };

    it.each(Object.entries(MET))('changes what has %s', async (_name, given) => {
      const { path, ...tags } = await changedOnce();
      expect((await change(path, { 'If-Match': given(tags) })).status).toBe(success);
    });

    it.each(Object.entries(UNMET))('changes nothing for %s', async (_name, given) => {
      const { path, ...tags } = await changedOnce();
      const before = await send('GET', path);
      const answer = await change(path, { 'If-Match': given(tags), 'X-Request-Id': `unmet-${made}` });
      expect([answer.status, answer.headers.etag, answer.headers['cache-control']]).toEqual([
        412,
        tags.current,
        'no-store',
      ]);
      expect(problemOf(answer)).toMatchObject({
        type: 'urn:mcp-registry:problem:precondition-failed',
        status: 412,
        detail: expect.stringContaining(tags.current),
      });
      expect((await send('GET', path)).body).toBe(before.body);
      expect(await entriesOf(app, `unmet-${made}`)).toEqual([]);
    });

    it.each(Object.entries(MALFORMED))('refuses %s', async (_name, given) => {
      const { path, ...tags } = await changedOnce();
      const answer = await change(path, { 'If-Match': given(tags) });
      expect([answer.status, problemOf(answer)]).toEqual([
        400,
        expect.objectContaining({
          type: 'urn:mcp-registry:problem:invalid-if-match',
          detail: expect.stringContaining('If-Match must be * or entity tags in double quotes'),
        }),
      ]);
      expect(await currentTag(path)).toBe(tags.current);
    });

    it.each(['*', '"other"'])('is 404 for what is not there, with %s', async (ifMatch) => {
      const answer = await change(missing, { 'If-Match': ifMatch });
      expect([answer.status, problemOf(answer)]).toEqual([
        404,
        expect.objectContaining({ type: `urn:mcp-registry:problem:${notFound}` }),
      ]);
    });

    it('changes whatever is there without If-Match', async () => {
      const { path } = await changedOnce();
      expect((await change(path, {})).status).toBe(success);
    });

    it('refuses wrong credentials, whatever the tag', async () => {
      const { path } = await changedOnce();
      const refused = await change(path, { 'X-Admin-Key': 'wrong', 'If-Match': '"other"' });
      expect(refused.status).toBe(401);
    });
  });

  it('is changed by one of two who have the same tag, on two replicas', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { path, created } = await create();
      const answers = await Promise.all(
        [app, replica].map((to, index) =>
          send('PUT', path, {
            body: edit(index === 0 ? 'first' : 'second'),
            headers: { 'If-Match': tagOf(created) },
            to,
          }),
        ),
      );
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412]);
      const tags = new Set([...answers.map(tagOf), await currentTag(path)]);
      expect(tags.size).toBe(1);
    }
  });

  it('is deleted or changed by one of two who have the same tag', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { path, created } = await create();
      const headers = { 'If-Match': tagOf(created) };
      const [changed, deleted] = await Promise.all([
        send('PUT', path, { body: edit('first'), headers }),
        send('DELETE', path, { headers, to: replica }),
      ]);
      expect(['200 412', '404 204']).toContain(`${changed.status} ${deleted.status}`);
    }
  });
});

describe('what a tag covers', () => {
  it('of an application: its environments', async () => {
    const { path, created } = await RESOURCES.Applications.create();
    const tags = [tagOf(created)];
    await send('PUT', `${path}/environments/one`, { body: { baseDomain: 'api.example.com' } });
    tags.push(await currentTag(path));
    await send('POST', `${path}/environments`, { body: { name: 'four' } });
    tags.push(await currentTag(path));
    expect((await send('DELETE', path, { headers: { 'If-Match': tags[1] ?? '' } })).status).toBe(412);
    await send('DELETE', `${path}/environments/two`);
    tags.push(await currentTag(path));
    expect(new Set(tags).size).toBe(4);
    expect((await send('DELETE', path, { headers: { 'If-Match': tags[3] ?? '' } })).status).toBe(204);
  });

  it('of an operator: the keys, but not their use', async () => {
    const { path, created } = await RESOURCES.Operators.create();
    const issued = await send('POST', `${path}/keys`, { body: { name: 'laptop' } });
    const { id } = JSON.parse(issued.body) as { id: string };
    const tags = [tagOf(created), await currentTag(path)];
    await app.database.query(`UPDATE "OperatorKey" SET "lastUsedAt" = now() WHERE "id" = $1`, [id]);
    expect(await currentTag(path)).toBe(tags[1]);
    await send('DELETE', `${path}/keys/${id}`);
    tags.push(await currentTag(path));
    expect(new Set(tags).size).toBe(3);
  });

  it('nothing that probes move', async () => {
    const appKey = newName();
    const path = `/applications/${appKey}`;
    await createApplication(app, {
      appKey,
      healthCheckUrl: '/health',
      environments: [{ name: 'production', baseDomain: up.url }],
    });
    const paths = [path, `${path}/environments/production`];
    const before = await Promise.all(paths.map((each) => send('GET', each)));
    await eventually(async () => {
      await send('POST', `/health-check${path}/check`);
      const { healthStatus } = JSON.parse((await send('GET', paths[1] ?? '')).body) as {
        healthStatus: string;
      };
      return healthStatus === 'ACTIVE';
    });
    for (const [index, each] of paths.entries()) {
      const [first, now] = [before[index], await send('GET', each)];
      expect(now.body).not.toBe(first?.body);
      expect(now.headers.etag).toBe(first?.headers.etag);
      const headers = { 'If-Match': tagOf(now) };
      // The environment is edited last: it is part of the application.
      expect((await send('PUT', each, { body: { description: 'edited' }, headers })).status).toBe(200);
    }
  });
});

describe('POST /register/endpoints', () => {
  const LONG = 'A description that makes the answer long enough to be compressed. '.repeat(40);
  const ONE = [endpoint({ path: '/one', description: LONG })];
  const TWO = [...ONE, endpoint({ path: '/two' })];
  const definitions = { Order: { type: 'object' } };
  const SHARING = [endpoint({ path: '/shared', description: LONG, responseBody: { $ref: '#/$defs/Order' } })];
  let orders: Registrant;

  beforeEach(async () => {
    orders = await createRegistrant(app);
    expect((await register(app, orders, ONE)).status).toBe(200);
  });

  const target = (query = ''): string =>
    `/endpoints?app_key=${orders.appKey}&environment=${orders.environment}${query}`;
  const batch = (
    endpoints: unknown,
    headers: Headers,
    { query = '', more = {}, to = app }: { query?: string; more?: object; to?: TestApp } = {},
  ): Promise<WireAnswer> => {
    const { appKey, environment, headers: credentials } = orders;
    return send('POST', `/register/endpoints${query}`, {
      body: { app_key: appKey, environment, endpoints, ...more },
      headers: { ...credentials, ...headers },
      to,
    });
  };
  const readTag = async (query = '', encoding = 'identity'): Promise<string> =>
    tagOf(await send('GET', target(query), { headers: { 'Accept-Encoding': encoding } }));

  const READS = ['', '&definitions=shared'].flatMap((query) =>
    ['identity', 'gzip', 'br'].map((encoding) => [query, encoding] as const),
  );

  it.each(READS)(
    'takes the tag of GET /endpoints%s in %s, until another batch comes',
    async (query, encoding) => {
      for (const [endpoints, more] of [
        [ONE, {}],
        [SHARING, { definitions }],
      ] as const) {
        await register(app, orders, endpoints, { more });
        const seen = await readTag(query, encoding);
        expect(seen.includes(encoding === 'identity' ? '"' : `-${encoding}"`)).toBe(true);
        const first = await batch(TWO, { 'If-Match': seen });
        expect(first.status).toBe(200);
        const late = await batch(ONE, { 'If-Match': seen, 'X-Request-Id': `late-${orders.appKey}` });
        expect([late.status, late.headers.etag]).toEqual([412, await readTag()]);
        expect(problemOf(late)).toMatchObject({ type: 'urn:mcp-registry:problem:precondition-failed' });
        expect(
          (JSON.parse((await send('GET', target())).body) as { endpoints: unknown[] }).endpoints,
        ).toHaveLength(2);
        expect(await entriesOf(app, `late-${orders.appKey}`)).toEqual([]);
      }
    },
  );

  it('names in a 412 a tag that it takes', async () => {
    const { headers } = await batch(TWO, { 'If-Match': '"other"' });
    expect((await batch(TWO, { 'If-Match': String(headers.etag) })).status).toBe(200);
  });

  it('has tags of the same set in all answers, and another one for every answer that differs', async () => {
    await register(app, orders, SHARING, { more: { definitions } });
    const tags = await Promise.all(READS.map(([query, encoding]) => readTag(query, encoding)));
    expect(new Set(tags).size).toBe(READS.length);
    expect(new Set(tags.map((tag) => tag.slice(0, 23))).size).toBe(1);
  });

  it('takes a tag whose environment, but not its set, has changed: as by a probe', async () => {
    const seen = await readTag();
    await app.database.query(`UPDATE "Environment" SET "healthStatus" = 'ACTIVE' WHERE "id" = $1`, [
      orders.environmentId,
    ]);
    await eventually(async () => (await readTag()) !== seen);
    await send('PUT', `/applications/${orders.appKey}/environments/${orders.environment}`, {
      body: { baseDomain: 'api.example.com' },
    });
    expect((await batch(TWO, { 'If-Match': seen })).status).toBe(200);
  });

  it('does not take a tag whose definitions have changed', async () => {
    await register(app, orders, ONE, { more: { definitions } });
    const seen = await readTag('&definitions=shared');
    await register(app, orders, ONE, { more: { definitions: { Order: { type: 'string' } } } });
    expect((await batch(TWO, { 'If-Match': seen }, { more: { definitions } })).status).toBe(412);
  });

  it.each(Object.entries({ ...MET, ...UNMET, ...MALFORMED }))(
    'answers %s as other routes do',
    async (name, given) => {
      const stale = await readTag();
      await register(app, orders, TWO);
      const current = await readTag();
      const expected = name in MET ? 200 : name in UNMET ? 412 : 400;
      for (const query of ['?dryRun=true', '']) {
        const answer = await batch(ONE, { 'If-Match': given({ current, stale }) }, { query });
        expect([query, answer.status]).toEqual([query, expected]);
      }
    },
  );

  it('takes the tag of an empty environment', async () => {
    orders = await createRegistrant(app, 'staging');
    const seen = await readTag();
    expect((await batch(ONE, { 'If-Match': seen })).status).toBe(200);
    expect((await batch(TWO, { 'If-Match': seen })).status).toBe(412);
  });

  it('is checked before If-Match is looked at', async () => {
    expect((await batch([], { 'If-Match': '"other"' })).status).toBe(400);
    expect((await batch(ONE, { 'X-API-Key': 'wrong', 'If-Match': '"other"' })).status).toBe(401);
  });

  it('is carried out for one of two who have the same tag, on two replicas', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const seen = await readTag();
      const batches = [
        [...ONE, endpoint({ path: `/${round}` })],
        [...TWO, endpoint({ path: `/${round}` })],
      ];
      const answers = await Promise.all(
        [app, replica].map((to, index) => batch(batches[index], { 'If-Match': seen }, { to })),
      );
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412]);
    }
  });

  it('evaluates If-Match once it holds the environment', async () => {
    const seen = await readTag();
    const held = await holdRows(
      app.database.url,
      `SELECT FROM "Environment" WHERE "id" = '${orders.environmentId}' FOR UPDATE`,
    );
    const late = batch(TWO, { 'If-Match': seen });
    await eventually(async () => (await held.waiting()) > 0);
    await app.database.query(`UPDATE "Endpoint" SET "description" = 'meanwhile' WHERE "environmentId" = $1`, [
      orders.environmentId,
    ]);
    await held.release();
    expect((await late).status).toBe(412);
  });
});

describe('If-Match', () => {
  it('is described where it is evaluated, and the tag where it is answered', async () => {
    const operations = operationsOf(await documentOf(app));
    const taking = operations.filter(({ parameters }) => parameters.some(({ name }) => name === 'If-Match'));
    expect(taking.map(({ operationId }) => operationId).sort()).toEqual(
      [
        ...resources.flatMap(([name]) => [`${name}_update`, `${name}_delete`]),
        'Applications_rename',
        'Environments_rename',
        'Endpoints_register',
        'EnvironmentEndpoints_replace',
      ].sort(),
    );
    const headersOf = (id: string, code: number): unknown =>
      operations.find(({ operationId }) => operationId === id)?.responses[String(code)];
    for (const { operationId } of taking)
      expect(headersOf(operationId, 412)).toMatchObject({ headers: { ETag: {} } });
    for (const [name] of resources) {
      expect(headersOf(`${name}_create`, 201)).toMatchObject({ headers: { ETag: {} } });
      expect(headersOf(`${name}_get`, 200)).toMatchObject({ headers: { ETag: {} } });
      expect(headersOf(`${name}_update`, 200)).toMatchObject({ headers: { ETag: {} } });
    }
  });

  it('may be sent by pages of CORS_ORIGINS, which may read the tag', async () => {
    const preflight = await send('OPTIONS', '/applications/orders', {
      headers: {
        Origin: ORIGIN,
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': 'if-match',
      },
      to: replica,
    });
    expect(preflight.headers['access-control-allow-headers']).toBe('if-match');
    const answer = await send('GET', '/applications', { headers: { Origin: ORIGIN }, to: replica });
    expect(answer.headers['access-control-expose-headers']).toContain('ETag');
  });
});
