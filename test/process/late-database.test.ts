import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { createProcessSandbox, type ProcessSandbox } from '../support/process-sandbox.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import type { ServiceProcess } from '../support/service-process.js';
import { type SeverableLine, severableLine } from '../support/severable-line.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let line: SeverableLine;
let sandbox: ProcessSandbox;

beforeAll(async () => {
  database = await createTestDatabase();
  line = await severableLine(database.url);
  await line.cut();
  sandbox = await createProcessSandbox();
});
afterAll(async () => {
  await sandbox.clear();
  await line.close();
  await database.drop();
});

const start = (settings: Record<string, string> = {}): ServiceProcess =>
  sandbox.start({ ...GIVEN_SECRETS, DATABASE_URL: line.url, ...settings });
const waits = (service: ServiceProcess): Promise<boolean> =>
  eventually(() =>
    /Waiting for the database, for \d+ s at most: connect ECONNREFUSED/.test(service.output()),
  );

describe('a database that is not there at the start', () => {
  it('is waited for, and no longer than is allowed; a signal ends the waiting', async () => {
    const [patient, interrupted, impatient] = [
      start(),
      start({ DATABASE_CONNECT_TIMEOUT: '3600' }),
      start({ DATABASE_CONNECT_TIMEOUT: '2' }),
    ];
    await waits(interrupted);
    interrupted.signal('SIGTERM');
    const { code, stderr } = await interrupted.exited;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });

    const gaveUp = await impatient.exited;
    expect(gaveUp.code).toBe(1);
    expect(gaveUp.stderr).toMatch(
      /^Database: cannot connect: connect ECONNREFUSED 127\.0\.0\.1:\d+ \(tried for \d s\); check DATABASE_URL\n$/,
    );

    await waits(patient);
    await line.mend();
    const url = await patient.ready;
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(patient.output()).not.toContain(new URL(line.url).password);
  });
});
