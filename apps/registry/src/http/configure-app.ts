import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { AppConfig } from '#libs/config/app-config.js';
import { openApiDocument } from './openapi-document.js';

/** What the process and the tests set up alike, once the modules are known. */
export function configureApp(app: NestFastifyApplication, config: AppConfig): void {
  const { basePath } = config.http;
  if (basePath !== '') app.setGlobalPrefix(basePath);
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    useGlobalPrefix: true,
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'MCP Registry Server',
    // No persistAuthorization: it would leave the admin key in the browser's localStorage.
    swaggerOptions: {
      tryItOutEnabled: true,
      displayRequestDuration: true,
      // Runs in the browser: a session counts in requests with this header.
      requestInterceptor: (request: { headers: Record<string, string> }) => {
        request.headers['X-Registry-Console'] = '1';
        return request;
      },
    },
  });
}
