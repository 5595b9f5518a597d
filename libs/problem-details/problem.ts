import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DomainError, type InputError } from './domain-error.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

class InputErrorShape implements InputError {
  @ApiProperty({ example: '#/healthCheckUrl', description: 'JSON pointer to the value, as a URI fragment' })
  readonly pointer!: string;

  @ApiProperty({ example: 'must be an absolute http(s) URL or a path that begins with /' })
  readonly detail!: string;
}

/** The one shape of every error (RFC 9457). */
export class Problem {
  @ApiProperty({
    example: 'urn:mcp-registry:problem:application-not-found',
    description: 'Names the kind of problem; `about:blank` when the status says it all',
  })
  readonly type!: string;

  @ApiProperty({ example: 'Application not found' })
  readonly title!: string;

  @ApiProperty({ example: 404 })
  readonly status!: number;

  @ApiProperty({ example: "There is no application 'orders'." })
  readonly detail!: string;

  @ApiProperty({ example: '/applications/orders', description: 'The path that was asked for' })
  readonly instance!: string;

  @ApiProperty({
    example: '0199f0a2-7d7c-7b7e-8a54-1d0f5b1c9f11',
    description: 'Also in the header X-Request-Id',
  })
  readonly requestId!: string;

  @ApiPropertyOptional({ type: [InputErrorShape], description: 'For bad input: every mistake found' })
  readonly errors?: readonly InputError[];
}

/** What a problem says, before it is tied to a request. */
export type ProblemStatement = Omit<Problem, 'instance' | 'requestId'> & {
  readonly headers: Readonly<Record<string, string>>;
};

/** The problem of an error; `undefined` for an unexpected one. */
export function describeProblem(error: unknown): ProblemStatement | undefined {
  if (error instanceof DomainError) {
    return {
      type: `urn:mcp-registry:problem:${error.code}`,
      title: error.title,
      status: error.status,
      detail: error.message,
      headers: error.headers,
      ...(error.errors && { errors: error.errors }),
    };
  }
  const status = clientErrorStatus(error);
  if (status === undefined) return undefined;
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: (error as Error).message,
    headers: {},
  };
}

/** Nest and Fastify mark what the client did wrong with a status below 500. */
function clientErrorStatus(error: unknown): number | undefined {
  const status =
    error instanceof HttpException
      ? error.getStatus()
      : (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}

export const INTERNAL_ERROR_PROBLEM: ProblemStatement = {
  type: 'about:blank',
  title: 'Internal Server Error',
  status: 500,
  detail: 'The registry failed to answer. The request id leads to the entry in its log.',
  headers: {},
};
