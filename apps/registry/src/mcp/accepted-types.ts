import type { FastifyRequest } from 'fastify';

export const JSON_TYPE = 'application/json';
export const EVENT_STREAM = 'text/event-stream';

/** Clients that say nothing, or only `application/json`, are people who try: they get JSON, too. */
export function takesOnlyStreams(request: FastifyRequest): boolean {
  return (
    takesStreams(request) && !/application\/json|\*\/\*|application\/\*/.test(request.headers.accept ?? '')
  );
}

export function takesStreams({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.includes(EVENT_STREAM);
}
