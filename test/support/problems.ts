import { expect } from './jest.js';

/** What an error test looks at in a supertest response. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;
}

/** A JSON pointer of every mistake a problem document names. */
function pointersOf(answer: { body: unknown }): string[] {
  const { errors = [] } = answer.body as { errors?: readonly { pointer: string }[] };
  return errors.map(({ pointer }) => pointer);
}

/** Expects an RFC 9457 problem document of this status and code, tied to its request. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, body: answer.body }).toEqual({
    status,
    body: expect.objectContaining({
      type: `urn:mcp-registry:problem:${code}`,
      title: expect.any(String),
      status,
      detail: expect.any(String),
      instance: expect.stringMatching(/^\//),
      requestId: answer.headers['x-request-id'],
    }),
  });
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
}

/** Expects a 400 that blames exactly these places of the input. */
export function expectInvalid(answer: Answer, ...pointers: readonly string[]): void {
  expectProblem(answer, 400, 'invalid-input');
  expect(pointersOf(answer)).toEqual(pointers);
}
