import type pg from 'pg';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { Metrics } from '../metrics/metrics.js';

/** Shows how the pool of a connected data source is used. */
export function showPool(dataSource: DataSource, metrics: Metrics): void {
  const pool = (dataSource.driver as PostgresDriver).master as pg.Pool;
  const ofWorkers = 'sum';
  const connections = {
    name: 'mcp_registry_database_connections',
    help: 'Open connections to the database, by state (busy, idle).',
    labels: ['state'],
    ofWorkers,
  } as const;
  metrics.gauge(connections, { state: 'busy' }, () => pool.totalCount - pool.idleCount);
  metrics.gauge(connections, { state: 'idle' }, () => pool.idleCount);
  metrics.gauge(
    {
      name: 'mcp_registry_database_connections_limit',
      help: 'Most connections the pool may open.',
      ofWorkers,
    },
    {},
    () => pool.options.max,
  );
  metrics.gauge(
    {
      name: 'mcp_registry_database_connection_waiters',
      help: 'Work that waits for a connection of the pool.',
      ofWorkers,
    },
    {},
    () => pool.waitingCount,
  );
}
