import cors from '@fastify/cors';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { AppConfig } from '#libs/config/app-config.js';
import type { Metrics } from '#libs/metrics/metrics.js';
import { openApiDocument } from './openapi.js';
import { limitRequests } from './request-limit.js';

const EXPOSED_HEADERS = [
  'Link',
  'X-Request-Id',
  'ETag',
  'Retry-After',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
];

/** What the process and the tests set up alike, once the modules are known. */
export function configureApp(app: NestFastifyApplication, config: AppConfig, metrics: Metrics): void {
  const { basePath, corsOrigins } = config.http;
  if (basePath !== '') app.setGlobalPrefix(basePath);
  if (corsOrigins.length > 0) {
    // Not by Nest's enableCors, which answers preflights before any other hook: without a request id, to any host.
    void app.register(cors, {
      origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
      exposedHeaders: EXPOSED_HEADERS,
      // The strict refusal of an OPTIONS that is no preflight is no problem document.
      strictPreflight: false,
    });
  }
  // After CORS, so that a browser may read the refusal.
  limitRequests(app.getHttpAdapter().getInstance(), config, metrics);
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    useGlobalPrefix: true,
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'MCP Registry Server',
    swaggerOptions: { persistAuthorization: true, tryItOutEnabled: true, displayRequestDuration: true },
  });
}
