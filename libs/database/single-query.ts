import pg from 'pg';
import { parseConnectionUrl } from './connection-url.js';

/** The rows of one statement, over a connection of its own: for the start, before there is a pool. */
export async function singleQuery<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client(parseConnectionUrl(url));
  // A connection that breaks rejects the query.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
