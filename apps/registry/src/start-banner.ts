import type { AppConfig } from '#libs/config/app-config.js';
import type { RunningRegistry } from './start-registry.js';
import { version } from './version.js';

/** What the operator reads when the service is ready: where everything is, and no secret. */
export function startBanner(config: AppConfig, { app, embedded, metricsPort }: RunningRegistry): string {
  const { port } = app.getHttpServer().address() as { port: number };
  const url = `${baseUrl(config, port)}${config.http.basePath}`;
  const { adminKeyFile } = config.secrets;
  const lines = [
    ['API', url],
    ['Docs', `${url}/docs`],
    ...(metricsPort === undefined ? [] : [['Metrics', `${baseUrl(config, metricsPort)}/metrics`]]),
    [
      'Database',
      embedded === undefined ? described(config.database.url) : `embedded PostgreSQL in ${config.dataDir}`,
    ],
    [
      'Admin key',
      adminKeyFile === undefined ? 'from REGISTRY_ADMIN_KEY' : `in ${adminKeyFile} (send as X-Admin-Key)`,
    ],
  ];
  return [
    `\nMCP Registry Server ${version} is ready`,
    ...lines.map(([name = '', value = '']) => `  ${name.padEnd(10)} ${value}`),
    '',
    '',
  ].join('\n');
}

function baseUrl(config: AppConfig, port: number): string {
  const { host } = config.http;
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** Host and database name only: the URL holds a password. */
function described(databaseUrl: string | undefined): string {
  const { host, pathname } = new URL(databaseUrl ?? '');
  return `${host}${pathname}`;
}
