import { endpoint } from '../support/builders.js';
import { CommandLine } from '../support/command-line.js';
import { stopIntervals } from '../support/intervals.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { ADMIN_KEY, AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

interface Entry {
  readonly actor: string;
  readonly operatorName: string | null;
  readonly via: string | null;
  readonly action: string;
  readonly resourceType: string;
  readonly sessionId: string | null;
}

/** A team begins, works by every way there is, and one of them leaves. */
describe('the trail of a day', () => {
  let app: TestApp;
  const session = { 'X-Registry-Console': '1', 'Sec-Fetch-Site': 'same-origin', Cookie: '' };

  beforeAll(async () => {
    app = await startApp();
    stopIntervals(app);
    const { url } = app;
    const breakGlass = new CommandLine({ env: { MCP_REGISTRY_URL: url, MCP_REGISTRY_ADMIN_KEY: ADMIN_KEY } });
    const with_ = (key: string): CommandLine => breakGlass.with({ env: { MCP_REGISTRY_ADMIN_KEY: key } });
    const keyOf = async (line: CommandLine, name: string): Promise<string> =>
      (await line.json<{ key: string }>(`operators issue-key ${name} --name day`)).key;

    await breakGlass.run('operators create ann --kind person --role admin');
    const annsKey = await keyOf(breakGlass, 'ann');
    const ann = with_(annsKey);
    await ann.run('operators create bob --kind person --role editor');
    const bobsKey = await keyOf(ann, 'bob');
    await ann.run('operators create deploy-bot --kind service --role editor --application orders');
    const botsKey = await keyOf(ann, 'deploy-bot');

    // The service works by the API, its application with a key of its own.
    const asBot = { Authorization: `Bearer ${botsKey}` };
    await app.http.post('/applications').set(asBot).send({ name: 'Orders' }).expect(201);
    const issued = await app.http
      .post('/applications/orders/environments/production/api-keys')
      .set(asBot)
      .send({ name: 'deployment' })
      .expect(201);
    const { apiKey } = issued.body as { apiKey: string };
    await app.http
      .post('/register/endpoints')
      .set({ 'X-App-Key': 'orders', 'X-API-Key': apiKey })
      .send({ app_key: 'orders', endpoints: [endpoint()] })
      .expect(200);

    // Bob works in the browser.
    const signedIn = await app.http.post('/session').set(session).send({ key: bobsKey }).expect(201);
    const [cookie = ''] = signedIn.headers['set-cookie'] as unknown as string[];
    session.Cookie = cookie.split(';')[0] ?? '';
    await app.http.put('/applications/orders').set(session).send({ description: 'Ours' }).expect(200);
    await app.http.delete('/session').set(session).expect(204);

    // Ann sees Bob off, and the key for emergencies is used once.
    await ann.run('operators delete bob --yes');
    await app.http.delete('/applications/orders').set(AS_ADMIN).expect(204);
  });
  afterAll(() => app.close());

  const entries = async (query = ''): Promise<Entry[]> => {
    const response = await app.http.get(`/audit-logs?limit=100${query}`).set(AS_ADMIN).expect(200);
    return (response.body as Entry[]).reverse();
  };

  it('names who did what by which way', async () => {
    const told = (await entries()).map(
      ({ operatorName, actor, via, action }) => `${operatorName ?? actor} ${via ?? ''}: ${action}`,
    );
    expect(told).toEqual([
      'REGISTRY_ADMIN_KEY cli: operator.created',
      'REGISTRY_ADMIN_KEY cli: operator-key.issued',
      'ann cli: operator.created',
      'ann cli: operator-key.issued',
      'ann cli: operator.created',
      'ann cli: operator-key.issued',
      'deploy-bot api: application.created',
      'deploy-bot api: api-key.issued',
      'application api: endpoints.registered',
      'bob console: session.started',
      'bob console: application.updated',
      'bob console: session.ended',
      'ann cli: operator.deleted',
      'REGISTRY_ADMIN_KEY api: application.deleted',
    ]);
  });

  it('ties what was done in a session together', async () => {
    const ofBob = await entries('&operator=bob');
    const inSession = ofBob.filter(({ via }) => via === 'console');
    expect(new Set(inSession.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect(inSession[0]?.sessionId).toEqual(expect.any(String));
    const others = (await entries()).filter(({ via }) => via !== 'console');
    expect(others.map(({ sessionId }) => sessionId)).toEqual(others.map(() => null));
  });

  it('keeps the name of one who has left', async () => {
    expect((await entries('&operator=bob')).map(({ action }) => action)).toEqual([
      'session.started',
      'application.updated',
      'session.ended',
    ]);
    expect((await entries('&operator=REGISTRY_ADMIN_KEY')).at(-1)).toMatchObject({
      action: 'application.deleted',
    });
  });
});
