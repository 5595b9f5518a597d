import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { WireAnswer, WireRequest } from './http-exchange.js';
import type { OpenApiDocument, Operation } from './openapi-operations.js';

const PROBLEM = '#/components/schemas/Problem';
const SANE_REQUEST_ID = /^[A-Za-z0-9._:/=+-]{1,128}$/;
/** RFC 6901 section 6: `#`, then tokens of unreserved or percent-encoded characters. */
const POINTER_FRAGMENT = /^#(\/([A-Za-z0-9\-._!~*'()]|%[0-9A-F]{2})*)*$/;

/** JSON-RPC 2.0, section 5.1. */
const JSON_RPC_ERROR = {
  type: 'object',
  properties: {
    jsonrpc: { const: '2.0' },
    id: { type: ['string', 'number', 'null'] },
    error: {
      type: 'object',
      properties: { code: { type: 'integer' }, message: { type: 'string', minLength: 1 }, data: {} },
      required: ['code', 'message'],
    },
  },
  required: ['jsonrpc', 'id', 'error'],
};

/**
 * What every answer of the service owes its caller, taken from its own OpenAPI document, in which no object may
 * have a property that is not described.
 */
export class AnswerContract {
  private readonly ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(document: OpenApiDocument) {
    addFormats.default(this.ajv);
    this.ajv.addVocabulary(['example', 'components']);
    this.ajv.addSchema({
      $id: 'registry',
      // Only its parts are schemas.
      components: closed(document.components) as object,
    });
  }

  /** What is wrong with an answer to any request, whatever the route. */
  faults(request: WireRequest, answer: WireAnswer): string[] {
    const { status } = answer;
    if (status >= 500) return [`answers ${status}: ${answer.body.slice(0, 500)}`];
    const faults = [...this.requestIdFaults(request, answer), ...cacheFaults(answer)];
    if (status < 400) return faults;
    return [...faults, ...this.problemFaults(request, answer)];
  }

  /** Beyond {@link faults}: the status is one the operation describes, and the body is as it describes. */
  operationFaults(operation: Operation, request: WireRequest, answer: WireAnswer): string[] {
    const faults = this.faults(request, answer);
    if (faults.length > 0) return faults;
    const response = operation.responses[String(answer.status)];
    if (response === undefined)
      return [`answers ${answer.status}, which ${operation.operationId} does not describe`];
    if (answer.status >= 400) return [];
    const type = Object.keys(response.content ?? {})[0] ?? '';
    const schema = response.content?.[type]?.schema;
    if (schema === undefined || request.method === 'HEAD') {
      return answer.body === '' ? [] : [`has a body with ${answer.status}`];
    }
    if (!mediaType(answer).startsWith(type)) return [`has the type ${mediaType(answer)}`];
    return this.schemaFaults(`${operation.operationId} ${answer.status}`, schema, answer.body);
  }

  private requestIdFaults(request: WireRequest, { headers }: WireAnswer): string[] {
    const id = headers['x-request-id'];
    const sent = request.headers['X-Request-Id'];
    if (typeof id !== 'string' || !SANE_REQUEST_ID.test(id)) return [`has the request id ${String(id)}`];
    if (typeof sent === 'string' && SANE_REQUEST_ID.test(sent) && sent !== id)
      return [`replaced the sane request id ${sent}`];
    return [];
  }

  private problemFaults(request: WireRequest, answer: WireAnswer): string[] {
    const { status, headers, body } = answer;
    // Of the protocol, not of HTTP.
    if (isOfMcp(request) && mediaType(answer).startsWith('application/json')) {
      return this.schemaFaults('JSON-RPC error', JSON_RPC_ERROR, body);
    }
    if (!/^application\/problem\+json(;|$)/.test(mediaType(answer)))
      return [`has the type ${mediaType(answer)}`];
    if (status === 401 && headers['www-authenticate'] !== 'ApiKey') return ['is a 401 without its challenge'];
    if (request.method === 'HEAD') return [];
    const faults = this.schemaFaults('problem', { $ref: PROBLEM }, body);
    if (faults.length > 0) return faults;
    const problem = JSON.parse(body) as Record<string, unknown>;
    const { errors = [] } = problem as { errors?: { pointer: string; detail: string }[] };
    return [
      ...(problem.status === status ? [] : [`says ${String(problem.status)} and is ${status}`]),
      ...(problem.requestId === headers['x-request-id'] ? [] : ['names another request']),
      ...(problem.instance === request.target.split('?', 1)[0]
        ? []
        : [`is about ${String(problem.instance)}`]),
      ...(problem.detail === '' ? ['says nothing'] : []),
      ...(status !== 400 && errors.length > 0 ? [`has input errors with ${status}`] : []),
      ...errors.flatMap(({ pointer }) => (POINTER_FRAGMENT.test(pointer) ? [] : [`points to ${pointer}`])),
    ];
  }

  private schemaFaults(name: string, schema: object, body: string): string[] {
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return [`is not JSON: ${body.slice(0, 200)}`];
    }
    let validate = this.compiled.get(name);
    if (validate === undefined) {
      validate = this.ajv.compile(absolute(closed(schema)) as object);
      this.compiled.set(name, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${name}: ${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
    );
  }
}

function isOfMcp({ target }: WireRequest): boolean {
  return /\/mcp\/?(\?|$)/.test(target);
}

/** Caches store an answer that says nothing of them (RFC 9111, section 4.2.2). */
function cacheFaults({ status, headers }: WireAnswer): string[] {
  const said = headers['cache-control'];
  if (said === undefined) return ['says nothing to caches'];
  return status >= 400 && said !== 'no-store' ? [`is an error with Cache-Control: ${String(said)}`] : [];
}

function mediaType({ headers }: WireAnswer): string {
  return String(headers['content-type']);
}

/** The same schema with every object closed to what it does not describe. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'example' ? (value as unknown) : closed(value),
    ]),
  );
  const isOpenObject = 'properties' in copy && 'type' in copy && !('additionalProperties' in copy);
  return isOpenObject ? { ...copy, additionalProperties: false } : copy;
}

function absolute(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"registry#/components/')) as unknown;
}
