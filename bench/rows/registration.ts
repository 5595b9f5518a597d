import pg from 'pg';
import { APP_KEYS } from '#dev/seed/large-data-set.js';
import { type Operation, operations } from '#dev/seed/operations.js';
import type { Benchmark } from '../benchmark.js';
import { issueKeys } from '../data-set/issue-keys.js';
import { BATCHES_PER_ROUND } from '../durations.js';
import type { NodeProcess } from '../processes/node-process.js';
import { byTurns } from '../rounds.js';
import type { Stage } from '../stage.js';
import { median, medianOf } from '../statistics.js';

const EVENT_LOOP_PROBE = new URL('../processes/event-loop-probe.js', import.meta.url);
const BATCH = operations(1000);
const [APP_KEY = ''] = APP_KEYS;

const INSERT = `
  INSERT INTO "Endpoint" ("id", "environmentId", "method", "path", "name", "description", "authType", "contentType",
                          "pathParams", "queryParams", "requestBody", "responseBody")
  SELECT md5(o."method" || o."path")::uuid::text, $1, o.*
  FROM json_to_recordset($2) AS o(
    "method" text, "path" text, "name" text, "description" text, "authType" text, "contentType" text,
    "pathParams" json, "queryParams" json, "requestBody" json, "responseBody" json)`;

/** Milliseconds of one batch. */
interface Times {
  readonly added: number;
  readonly unchanged: number;
  /** The longest event-loop stall during the batches. */
  readonly stall: number;
}

/** A deployment registers 1,000 new endpoints, and the next deployment registers the same endpoints again. */
export const registration: Benchmark = {
  name: 'registration',
  title: 'POST /register/endpoints with 1,000 endpoints, against one bare INSERT … SELECT of the same rows',
  run: async (stage) => {
    const environment = await EmptyEnvironment.on(stage);
    const batch = environment.batch(BATCH);
    const registering = async (): Promise<Times> => {
      const samples: Times[] = [];
      for (let count = 0; count < BATCHES_PER_ROUND; count++) {
        await environment.empty();
        await environment.stall();
        const added = await environment.register(batch, 'added');
        const unchanged = await environment.register(batch, 'unchanged');
        samples.push({ added, unchanged, stall: await environment.stall() });
      }
      return {
        added: medianOf(samples, (sample) => sample.added),
        unchanged: medianOf(samples, (sample) => sample.unchanged),
        stall: Math.max(...samples.map(({ stall }) => stall)),
      };
    };
    const inserting = async (): Promise<Times> => {
      const samples: number[] = [];
      for (let count = 0; count < BATCHES_PER_ROUND; count++) {
        await environment.empty();
        samples.push(await environment.insert(BATCH));
      }
      const insert = median(samples);
      return { added: insert, unchanged: insert, stall: 0 };
    };
    await registering();
    await inserting();
    const { measured, baseline } = await byTurns(registering, inserting);
    const insert = medianOf(baseline, ({ added }) => added);
    return [
      {
        what: 'all new',
        unit: 'ms',
        measured: medianOf(measured, ({ added }) => added),
        baseline: insert,
        target: { of: 'ratio', bound: 'at most', value: 3 },
      },
      {
        what: 'unchanged',
        unit: 'ms',
        measured: medianOf(measured, ({ unchanged }) => unchanged),
        baseline: insert,
        target: { of: 'ratio', bound: 'at most', value: 1 },
      },
      {
        what: 'longest event-loop stall',
        unit: 'ms',
        measured: medianOf(measured, ({ stall }) => stall),
        target: { of: 'measured', bound: 'at most', value: 50 },
      },
    ];
  },
};

/** The production environment of one application; its endpoints are deleted before each batch. */
class EmptyEnvironment {
  private constructor(
    private readonly service: NodeProcess,
    private readonly database: pg.Client,
    private readonly id: string,
    private readonly apiKey: string,
  ) {}

  static async on(stage: Stage): Promise<EmptyEnvironment> {
    const url = await stage.database();
    const service = await stage.service({ DATABASE_URL: url }, { preload: EVENT_LOOP_PROBE });
    const database = new pg.Client(url);
    await database.connect();
    stage.endWith(() => database.end());
    const { rows } = await database.query<{ id: string }>(
      `SELECT e."id" FROM "Environment" e JOIN "Application" a ON a."id" = e."applicationId"
       WHERE a."appKey" = $1 AND e."name" = 'production'`,
      [APP_KEY],
    );
    const keys = await issueKeys(service.url, [APP_KEY]);
    return new EmptyEnvironment(service, database, rows[0]?.id ?? '', keys.get(APP_KEY) ?? '');
  }

  batch(endpoints: readonly Operation[]): string {
    return JSON.stringify({ app_key: APP_KEY, environment: 'production', endpoints });
  }

  async empty(): Promise<void> {
    await this.database.query(`DELETE FROM "Endpoint" WHERE "environmentId" = $1`, [this.id]);
  }

  /** Milliseconds to the complete response; all its endpoints must have the expected outcome. */
  async register(batch: string, expected: 'added' | 'unchanged'): Promise<number> {
    const begun = performance.now();
    const response = await fetch(`${this.service.url}/register/endpoints`, {
      method: 'POST',
      headers: {
        'x-app-key': APP_KEY,
        'x-api-key': this.apiKey,
        'content-type': 'application/json',
      },
      body: batch,
    });
    const answer = (await response.json()) as Record<string, unknown>;
    const milliseconds = performance.now() - begun;
    if (answer[expected] !== BATCH.length) {
      throw new Error(`A batch was answered with ${response.status}: ${JSON.stringify(answer)}`);
    }
    return milliseconds;
  }

  /** Milliseconds of the bare statement. */
  async insert(endpoints: readonly Operation[]): Promise<number> {
    const rows = JSON.stringify(endpoints);
    const begun = performance.now();
    await this.database.query(INSERT, [this.id, rows]);
    return performance.now() - begun;
  }

  /** Milliseconds of the service's longest event-loop stall since the previous question. */
  stall(): Promise<number> {
    return this.service.ask('longest stall');
  }
}
