import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ShutdownConfig } from '#libs/config/app-config.js';
import { HealthService } from './health/health.service.js';

/**
 * Ends the service in the order in which nobody is let down: it says that it is not ready, goes on serving until those
 * who send requests have seen that, lets requests in flight end, then probes, then the connections to the database.
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
