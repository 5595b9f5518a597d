import type { FastifyRequest } from 'fastify';
import { isObject, type JsonObject } from '#libs/openapi/json-object.js';
import { takesOnlyStreams } from './accepted-types.js';

/** A call of a tool that breaks no rule of its version. */
export interface PlainCall {
  readonly id: string | number;
  readonly name: string;
  readonly input: JsonObject;
  /** Whether its version is 2026-07-28. */
  readonly isModern: boolean;
}

const METHOD = 'tools/call';
const MODERN = '2026-07-28';
const LEGACY: readonly unknown[] = [undefined, '2025-11-25', '2025-06-18', '2025-03-26'];
const PREFIX = 'io.modelcontextprotocol/';

/**
 * The call of a tool in a request, where there is nothing about it that a server would have to judge; undefined for all
 * other messages, right or wrong.
 */
export function plainCallIn(request: FastifyRequest): PlainCall | undefined {
  const { headers, body } = request;
  if (!isObject(body) || body.method !== METHOD || body.jsonrpc !== '2.0') return undefined;
  const { id, params, jsonrpc: _jsonrpc, method: _method, ...others } = body;
  if ((typeof id !== 'string' && !Number.isSafeInteger(id)) || !isObject(params) || hasMembers(others))
    return undefined;
  const { name, arguments: input = {}, _meta: meta, ...more } = params;
  if (typeof name !== 'string' || !isObject(input) || hasMembers(more) || takesOnlyStreams(request))
    return undefined;
  const version = headers['mcp-protocol-version'];
  if (version !== MODERN) {
    return meta === undefined && LEGACY.includes(version)
      ? { id: id as string | number, name, input, isModern: false }
      : undefined;
  }
  const isAnnounced = headers['mcp-method'] === METHOD && headers['mcp-name'] === name;
  return isAnnounced && isEnvelope(meta)
    ? { id: id as string | number, name, input, isModern: true }
    : undefined;
}

/** Whether a value is what version 2026-07-28 asks every request to say, and no more. */
function isEnvelope(meta: unknown): boolean {
  if (!isObject(meta)) return false;
  const {
    [`${PREFIX}protocolVersion`]: version,
    [`${PREFIX}clientInfo`]: client,
    [`${PREFIX}clientCapabilities`]: capabilities,
    ...others
  } = meta;
  return version === MODERN && isClient(client) && isCapabilities(capabilities) && !hasMembers(others);
}

function isClient(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { name, version, ...others } = value;
  return typeof name === 'string' && typeof version === 'string' && !hasMembers(others);
}

/** Capabilities of the usual shape: the registry has no use for any. */
function isCapabilities(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.values(value).every(
      (each) =>
        isObject(each) &&
        Object.values(each).every(
          (flag) => typeof flag === 'boolean' || (isObject(flag) && !hasMembers(flag)),
        ),
    )
  );
}

function hasMembers(object: object): boolean {
  return Object.keys(object).length > 0;
}
