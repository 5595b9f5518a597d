import type { FastifyRequest } from 'fastify';

/** A header's value; absent when it is missing or empty. */
export function headerValue(request: FastifyRequest, header: string): string | undefined {
  const value = request.headers[header];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
