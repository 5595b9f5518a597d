import { ApiBody, type ApiResponseOptions } from '@nestjs/swagger';

/** A message of JSON-RPC 2.0, as the Model Context Protocol defines its methods. */
export const MCP_BODY = ApiBody({
  description: 'One message of JSON-RPC 2.0; for version 2025-03-26 also a list of them.',
  schema: {
    type: 'object',
    properties: {
      jsonrpc: { type: 'string', enum: ['2.0'] },
      id: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
      method: { type: 'string' },
      params: { type: 'object' },
    },
    required: ['jsonrpc', 'method'],
    example: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
  },
});

export const MCP_RESPONSE: ApiResponseOptions = {
  description: 'The result or error of a request; a notification gets 202 without a body.',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        properties: {
          jsonrpc: { type: 'string', enum: ['2.0'] },
          id: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
          result: { type: 'object' },
          error: { type: 'object' },
        },
        required: ['jsonrpc'],
      },
    },
  },
};
