import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiResponse } from '@nestjs/swagger';
import { problemResponse } from '#libs/problem-details/api-problems.decorator.js';

const ID = { anyOf: [{ type: 'string' as const }, { type: 'number' as const }, { type: 'null' as const }] };

const MESSAGE = {
  type: 'object' as const,
  properties: {
    jsonrpc: { type: 'string' as const, enum: ['2.0'] },
    id: ID,
    method: { type: 'string' as const },
    params: { type: 'object' as const, additionalProperties: true },
  },
  required: ['jsonrpc', 'method'],
};

const ANSWER = {
  type: 'object' as const,
  properties: {
    jsonrpc: { type: 'string' as const, enum: ['2.0'] },
    id: ID,
    result: { type: 'object' as const, additionalProperties: true },
    error: {
      type: 'object' as const,
      properties: {
        code: { type: 'integer' as const },
        message: { type: 'string' as const },
        data: { description: 'More about the error' },
      },
      required: ['code', 'message'],
    },
  },
  required: ['jsonrpc', 'id'],
};

const ONE_OR_MORE = { oneOf: [ANSWER, { type: 'array' as const, items: ANSWER }] };

/** A request that breaks the rules of the protocol is answered as JSON-RPC says, one that breaks those of HTTP with a problem. */
const protocolError = (status: number): MethodDecorator => {
  const { description, content } = problemResponse(status);
  return ApiResponse({
    status,
    description,
    content: { ...content, 'application/json': { schema: ANSWER } },
  });
};

/** Documents the messages of a route that speaks JSON-RPC 2.0. */
export function ApiMcpMessages(): MethodDecorator {
  return applyDecorators(
    ApiBody({
      description: 'One message of JSON-RPC 2.0; for version 2025-03-26 also a list of them.',
      schema: { ...MESSAGE, example: { jsonrpc: '2.0', id: 1, method: 'tools/list' } },
    }),
    ApiResponse({
      status: 200,
      description: 'The result or the error of a request',
      content: { 'application/json': { schema: ONE_OR_MORE } },
    }),
    ApiResponse({ status: 202, description: 'A notification was taken' }),
    protocolError(400),
    protocolError(404),
  );
}
