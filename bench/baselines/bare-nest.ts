import type { AddressInfo } from 'node:net';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiOkResponse, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { ready } from '../processes/bench-script.js';

/** The bare Nest application on Fastify: one route, Swagger UI, no database. */
@Controller()
class GreetingController {
  @Get()
  @ApiOkResponse({ type: String })
  greeting(): string {
    return 'Hello';
  }
}

@Module({ controllers: [GreetingController] })
class BareModule {}

const app = await NestFactory.create<NestFastifyApplication>(BareModule, new FastifyAdapter(), {
  logger: ['error', 'warn'],
});
SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, new DocumentBuilder().build()));
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as AddressInfo;
ready(`http://127.0.0.1:${port}`);
