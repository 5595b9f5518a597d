import type { AppConfig } from '#libs/config/app-config.js';
import { version } from '../version.js';
import type { RunningService } from './start-service.js';

/** What the operator reads when the service is ready: where everything is, and no secret. */
export function startBanner(config: AppConfig, { port, metricsPort }: RunningService): string {
  const { host, basePath, tls } = config.http;
  const url = `${baseUrl(tls === undefined ? 'http' : 'https', host, port)}${basePath}`;
  const { adminKeyFile } = config.secrets;
  const lines = [
    ['API', url],
    ['Docs', `${url}/docs`],
    ...(config.console.enabled ? [['Console', `${url}/console`]] : []),
    ...(metricsPort === undefined
      ? []
      : [['Metrics', `${baseUrl('http', config.metricsHost, metricsPort)}/metrics`]]),
    [
      'Database',
      config.database.url === undefined
        ? `embedded PostgreSQL in ${config.dataDir}`
        : described(config.database.url),
    ],
    ...(config.workers === 1 ? [] : [['Workers', String(config.workers)]]),
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

function baseUrl(scheme: string, host: string, port: number): string {
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `${scheme}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** Host and database name only: the URL holds a password. */
function described(databaseUrl: string): string {
  const { host, pathname, searchParams } = new URL(databaseUrl);
  return `${searchParams.get('host') ?? decodeURIComponent(host)}${pathname}`;
}
