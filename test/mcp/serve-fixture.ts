import type { AddressInfo } from 'node:net';
import { loadConfig } from '#libs/config/load-config.js';
import { fastifyAdapter } from '#registry/http/fastify-adapter.js';
import { McpTransport } from '#registry/mcp/mcp-transport.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import { fixtureServer } from './fixture-server.js';

/** Serves the fixture by the transport and the HTTP layer of the registry, and prints its URL. */
const config = await loadConfig({
  ...GIVEN_SECRETS,
  ALLOWED_HOSTS: 'localhost,127.0.0.1',
  LOG_LEVEL: 'critical',
});
const transport = new McpTransport(() => fixtureServer(), { streams: true });
const fastify = fastifyAdapter(config).getInstance();
fastify.post('/mcp', (request, reply) => transport.answer(request, reply, {}));
await fastify.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`http://localhost:${(fastify.server.address() as AddressInfo).port}/mcp\n`);
