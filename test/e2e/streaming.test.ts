import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { insertApplications } from '../support/bulk-rows.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '../support/jest.js';
import { type SeverableLine, severableLine } from '../support/severable-line.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';
import { createTestDatabase } from '../support/test-database.js';

const COUNT = 2500;
const MAX_CONNECTIONS = 2;
/** One more client than would fit if each kept a connection. */
const CLIENTS = MAX_CONNECTIONS + 1;

/** A list far larger than what sockets and streams buffer, so that a client that stops reading stops the service. */
describe('a whole list', () => {
  let app: TestApp;
  let line: SeverableLine;

  beforeAll(async () => {
    const database = await createTestDatabase();
    line = await severableLine(database.url);
    app = await startApp({ MAX_CONNECTIONS: String(MAX_CONNECTIONS) }, { ...database, url: line.url });
    await insertApplications(database, COUNT);
    await database.query(`UPDATE "Application" SET "description" = repeat('x', 10000)`);
  });
  beforeEach(() => line.mend());
  afterAll(async () => {
    await app.close();
    await line.close();
  });

  /** The answer's head and first bytes; the rest waits until it is read. */
  async function beginReading(): Promise<IncomingMessage> {
    const [response] = (await once(get(`${app.url}/applications`, { headers: AS_ADMIN }), 'response')) as [
      IncomingMessage,
    ];
    await once(response, 'readable');
    return response;
  }

  const isServing = (): Promise<boolean> =>
    eventually(async () => (await app.http.get('/applications?limit=1').set(AS_ADMIN)).status === 200);

  it('holds no database connection while its clients do not read', async () => {
    const readers = await Promise.all(Array.from({ length: CLIENTS }, beginReading));
    expect(await isServing()).toBe(true);
    const lists = await Promise.all(readers.map((reader) => text(reader)));
    for (const list of lists) expect(JSON.parse(list)).toHaveLength(COUNT);
  });

  it('breaks off, and does not end as if it were complete, when the database goes away meanwhile', async () => {
    const reader = await beginReading();
    await line.cut();
    expect(reader.statusCode).toBe(200);
    await expect(text(reader)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await line.mend();
    expect(await isServing()).toBe(true);
  });

  it('costs the service nothing more when its client goes away', async () => {
    for (let n = 0; n < CLIENTS; n++) (await beginReading()).destroy();
    expect(await isServing()).toBe(true);
  });
});
