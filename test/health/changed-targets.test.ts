import { asApplication, createApplication, issueKey } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin, status } from '../support/loopback-origin.js';
import { AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

let app: TestApp;
const origins: LoopbackOrigin[] = [];

beforeAll(async () => {
  // With the interval of the default, 300 s.
  app = await startApp({}, undefined, { probing: true });
});
afterAll(async () => {
  await app.close();
  for (const origin of origins) await origin.close();
});

async function origin(): Promise<LoopbackOrigin> {
  const started = await startOrigin(status(200));
  origins.push(started);
  return started;
}

async function checkedUrls(id: string): Promise<number> {
  const [row] = await app.database.query(
    `SELECT count(*)::integer AS "count" FROM "HealthCheckLog" WHERE "targetId" = $1`,
    [id],
  );
  return (row as { count: number }).count;
}

/** Once a target that became due later has been probed, the schedule has passed over what was due before. */
async function scheduleHasRun(): Promise<void> {
  const { id } = await createApplication(app, { healthCheckUrl: (await origin()).url });
  await eventually(() => checkedUrls(id));
}

describe('a target whose URL is changed all the time', () => {
  it('is probed once in 30 s, wherever it leads', async () => {
    const first = await origin();
    const { id, appKey } = await createApplication(app, { appKey: 'scanning', healthCheckUrl: first.url });
    const { apiKey } = await issueKey(app, appKey);
    await eventually(() => checkedUrls(id));

    const others = [await origin(), await origin(), await origin()];
    for (const { url } of [...others, ...others]) {
      await app.http
        .put(`/applications/${appKey}`)
        .set(asApplication(appKey, apiKey))
        .send({ healthCheckUrl: url })
        .expect(200);
      await scheduleHasRun();
    }
    expect(others.map(({ connections }) => connections)).toEqual([0, 0, 0]);
    expect(first.connections).toBe(1);

    // As if 30 s had passed.
    await app.database.query(
      `UPDATE "HealthTarget" SET "probedAt" = "probedAt" - interval '30 seconds' WHERE "id" = $1`,
      [id],
    );
    await eventually(() => others.at(-1)?.connections === 1);
    await eventually(async () => (await checkedUrls(id)) === 2);
    expect(others.slice(0, 2).map(({ connections }) => connections)).toEqual([0, 0]);
  });

  it('is probed at once when the operator asks', async () => {
    const [first, second] = [await origin(), await origin()];
    const { id, appKey } = await createApplication(app, { appKey: 'asked', healthCheckUrl: first.url });
    await eventually(() => checkedUrls(id));
    await app.http
      .put(`/applications/${appKey}`)
      .set(AS_ADMIN)
      .send({ healthCheckUrl: second.url })
      .expect(200);
    const answer = await app.http
      .post(`/health-check/applications/${appKey}/check`)
      .set(AS_ADMIN)
      .expect(200);
    expect(answer.body).toMatchObject({ checks: [{ status: 'success' }] });
  });
});

describe('the targets of an application', () => {
  it('rest while it is INACTIVE, and are probed again once it is ACTIVE', async () => {
    const [whole, part] = [await origin(), await origin()];
    const { id, appKey, environments } = await createApplication(app, {
      appKey: 'resting',
      healthCheckUrl: `${whole.url}/health`,
      environments: [{ name: 'production', baseDomain: part.url }],
    });
    const path = `/applications/${appKey}`;
    const changeStatus = (value: string): Promise<unknown> =>
      app.http.put(path).set(AS_ADMIN).send({ status: value }).expect(200);
    const ids = [id, environments[0]?.id ?? ''];
    const shown = async (): Promise<unknown[]> => {
      const response = await app.http.get(path).set(AS_ADMIN).expect(200);
      const { healthStatus, environments: parts } = response.body as {
        healthStatus: string;
        environments: { healthStatus: string }[];
      };
      return [healthStatus, parts[0]?.healthStatus];
    };
    const due = (): Promise<unknown[]> =>
      app.database.query(`SELECT 1 FROM "HealthTarget" WHERE "applicationId" = $1 AND "dueAt" IS NOT NULL`, [
        id,
      ]);
    for (const target of ids) await eventually(() => checkedUrls(target));
    // As if the schedule had come round often.
    for (const round of [1, 2]) {
      await app.http
        .post(`/health-check/applications/${appKey}/check`)
        .set(AS_ADMIN)
        .send({ round })
        .expect(200);
    }
    expect(await shown()).toEqual(['ACTIVE', 'ACTIVE']);
    const countChecks = (): Promise<number[]> => Promise.all(ids.map((target) => checkedUrls(target)));
    const counts = await countChecks();

    await app.database.query(`UPDATE "HealthTarget" SET "probedAt" = NULL WHERE "applicationId" = $1`, [id]);
    await changeStatus('INACTIVE');
    await eventually(async () => (await due()).length === 0);
    expect(await shown()).toEqual(['UNKNOWN', 'UNKNOWN']);
    expect(await countChecks()).toEqual(counts);

    await app.database.query(`UPDATE "HealthTarget" SET "probedAt" = NULL WHERE "applicationId" = $1`, [id]);
    await changeStatus('ACTIVE');
    await eventually(async () => (await countChecks()).every((count, index) => count > (counts[index] ?? 0)));
  });
});
