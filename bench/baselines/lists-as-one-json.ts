import pg from 'pg';
import { answerQuestions } from '../processes/answer-questions.js';
import { ready } from '../processes/bench-script.js';

/**
 * Bare connections to `DATABASE_URL` on which PostgreSQL builds the response of `GET /applications/with-endpoints` as one
 * text. Reports the `milliseconds` until `AT_ONCE` concurrent queries are complete.
 */
const AT_ONCE = Number(process.env.AT_ONCE);

const SELECT = `
  SELECT json_agg(item)::text AS "text" FROM (
    SELECT a.*, row_to_json(e) AS "environment", (
      SELECT json_agg(endpoint) FROM (
        SELECT p.*, e."applicationId" FROM "Endpoint" p WHERE p."environmentId" = e."id"
        ORDER BY p."path", p."method"
      ) endpoint
    ) AS "endpoints"
    FROM "Application" a JOIN "Environment" e ON e."applicationId" = a."id" AND e."name" = 'production'
    ORDER BY a."createdAt", a."id"
  ) item`;

const clients = Array.from({ length: AT_ONCE }, () => new pg.Client(process.env.DATABASE_URL));
await Promise.all(clients.map((client) => client.connect()));

answerQuestions({
  milliseconds: async () => {
    const begun = performance.now();
    await Promise.all(clients.map((client) => client.query(SELECT)));
    return performance.now() - begun;
  },
});
ready('database');
