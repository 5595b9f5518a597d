import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import { ready } from '../processes/bench-script.js';

/** An MCP server of the SDK behind bare `node:http`, whose one tool answers nothing. */
const handler = createMcpHandler(
  () => {
    // The quicker one of the two that the SDK has.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const server = new Server({ name: 'bare', version: '1' }, { capabilities: { tools: {} } });
    server.setRequestHandler('tools/call', () => ({ content: [] }));
    return server;
  },
  { legacy: 'reject' },
);

const server = createServer((request, response) => {
  void text(request).then(async (body) => {
    const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    const asked = new Request('http://bare/mcp', { method: 'POST', headers });
    const answer = await handler.fetch(asked, { parsedBody: JSON.parse(body) as unknown });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
});
server.listen(0, '127.0.0.1', () => {
  ready(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
