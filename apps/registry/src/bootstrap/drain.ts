import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ShutdownConfig } from '#libs/config/app-config.js';
import { HealthService } from '../health/health.service.js';

/**
 * Graceful shutdown, in order: not ready; keep serving until load balancers have noticed; finish in-flight
 * requests; then probes; then database connections.
 */
export async function drain(app: NestFastifyApplication, shutdown: ShutdownConfig): Promise<void> {
  app.get(HealthService).withdraw();
  await sleep(shutdown.delaySeconds * 1000);
  await endRequests(app, shutdown.timeoutSeconds);
  await app.close();
}

/** Takes no more connections; cuts those whose requests are still under way when the time is over. */
async function endRequests(app: NestFastifyApplication, timeoutSeconds: number): Promise<void> {
  const server = app.getHttpServer();
  const timeout = setTimeout(() => {
    server.getConnections((_, count) => {
      new Logger('Shutdown').warn(
        `Cut ${count} ${count === 1 ? 'connection' : 'connections'} whose requests had not ended within ${timeoutSeconds} s`,
      );
      server.closeAllConnections();
    });
  }, timeoutSeconds * 1000);
  await app.getHttpAdapter().getInstance().close();
  clearTimeout(timeout);
}
