import type { FastifyInstance } from 'fastify';
import { currentRequest } from './request-scope.js';
import { traceparentOf } from './traceparent.js';

/** A statement the database has answered. */
export interface Statement {
  /** With placeholders, never with values. */
  readonly text: string;
  /** Milliseconds since the epoch, with fractions. */
  readonly startedAt: number;
  readonly error: unknown;
}

/** How an outbound request ended. */
export interface OutboundResult {
  /** Of the answer, if there was one. */
  readonly statusCode?: number;
  /** Why there was none. */
  readonly failure?: string;
}

/** Port: where the few places worth a span say what they do. */
export abstract class Tracing {
  /** Whether spans are recorded. */
  abstract readonly isOn: boolean;

  /** Gives every request a span, below the one its `traceparent` names. */
  abstract traceRequests(fastify: FastifyInstance): void;

  /** Says more about the current request: names of the conventions of OpenTelemetry, values of a bounded number. */
  abstract annotate(attributes: Readonly<Record<string, string>>): void;

  /** A statement that ran for a request. */
  abstract statement(statement: Statement): void;

  /** Runs `ask` as a span, and gives it the `traceparent` to send along, if there is one. */
  abstract outbound<Outcome>(
    url: string,
    ask: (traceparent: string | undefined) => Promise<Outcome>,
    resultOf: (outcome: Outcome) => OutboundResult,
  ): Promise<Outcome>;

  /** Exports remaining spans, in bounded time. */
  abstract close(): Promise<void>;
}

/** Records nothing; passes on the trace context of the caller. */
export const NO_TRACING: Tracing = {
  isOn: false,
  traceRequests: () => undefined,
  annotate: () => undefined,
  statement: () => undefined,
  outbound: (_url, ask) => {
    const trace = currentRequest()?.trace;
    return ask(trace && traceparentOf(trace));
  },
  close: () => Promise.resolve(),
};
