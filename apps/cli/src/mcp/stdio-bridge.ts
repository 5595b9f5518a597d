import type { Readable, Writable } from 'node:stream';
import { Failure } from '../failure.js';
import { linesOf } from './lines.js';

/** JSON-RPC 2.0, section 5.1; the last is of the implementation. */
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const NOT_FORWARDED = -32000;
/** As many bytes as the registry takes. */
const MAX_LINE_LENGTH = 1024 * 1024;
/** Messages that are under way at once; further ones wait in the pipe. */
const MAX_UNDER_WAY = 16;
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';

/** Posts a message to the registry. */
type Forward = (json: string, headers: Readonly<Record<string, string>>) => Promise<Response>;

interface Message {
  readonly id?: string | number;
  readonly method?: unknown;
  readonly params?: { readonly name?: unknown; readonly _meta?: Readonly<Record<string, unknown>> };
  readonly result?: { readonly protocolVersion?: unknown };
}

/**
 * Carries messages of MCP between a client on stdio, one on each line, and the registry. Every request gets an answer: an
 * error when the registry gives none. Resolves when the input has ended and all answers are written.
 */
export async function bridge(input: Readable, output: Writable, forward: Forward): Promise<void> {
  const underWay = new Set<Promise<void>>();
  /** What `initialize` agreed on; later messages name it in a header. */
  let agreedVersion: string | undefined;
  const write = (answer: string): void => {
    output.write(`${answer}\n`);
  };
  const carry = async (message: Message | undefined, line: string): Promise<void> => {
    const answer = await answerTo(message, line, agreedVersion, forward);
    if (answer === undefined) return;
    if (message?.method === 'initialize') agreedVersion = versionIn(answer) ?? agreedVersion;
    write(answer);
  };
  for await (const line of linesOf(input, MAX_LINE_LENGTH)) {
    if (line === undefined) {
      write(errorOf(null, INVALID_REQUEST, `The line is longer than ${MAX_LINE_LENGTH} characters.`));
      continue;
    }
    if (line.trim() === '') continue;
    const message = parsed(line);
    const carried = carry(message, line).finally(() => underWay.delete(carried));
    underWay.add(carried);
    // What follows depends on the version that it agrees on.
    if (message?.method === 'initialize') await carried;
    else if (underWay.size >= MAX_UNDER_WAY) await Promise.race(underWay);
  }
  await Promise.all(underWay);
}

function parsed(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return undefined;
  }
}

/** The line to write; undefined for a notification. */
async function answerTo(
  message: Message | undefined,
  line: string,
  agreedVersion: string | undefined,
  forward: Forward,
): Promise<string | undefined> {
  if (message === undefined) return errorOf(null, PARSE_ERROR, 'The line is not JSON.');
  const { id, method, params } = message;
  if (typeof method !== 'string') return errorOf(id ?? null, INVALID_REQUEST, 'The message has no method.');
  const version = params?._meta?.[VERSION_KEY] ?? (method === 'initialize' ? undefined : agreedVersion);
  const headers = {
    Accept: 'application/json, text/event-stream',
    'Mcp-Method': method,
    ...(typeof version === 'string' && { 'MCP-Protocol-Version': version }),
    ...(typeof params?.name === 'string' && { 'Mcp-Name': params.name }),
  };
  const failed = (message: string): string | undefined =>
    id === undefined ? undefined : errorOf(id, NOT_FORWARDED, message);
  try {
    const response = await forward(line, headers);
    const text = await response.text();
    if (response.headers.get('content-type')?.startsWith('application/json') === true) return oneLine(text);
    return response.ok ? undefined : failed(refusalIn(text, response.status));
  } catch (error) {
    if (error instanceof Failure) return failed(error.message);
    throw error;
  }
}

function oneLine(json: string): string {
  return json.includes('\n') ? JSON.stringify(JSON.parse(json)) : json;
}

/** What a problem document says. */
function refusalIn(text: string, status: number): string {
  const { title, detail } = (parsed(text) ?? {}) as { readonly title?: unknown; readonly detail?: unknown };
  const words = [title, detail].filter((each) => typeof each === 'string').join(': ');
  return words === '' ? `The registry answered ${status}.` : words;
}

function versionIn(answer: string): string | undefined {
  const version = parsed(answer)?.result?.protocolVersion;
  return typeof version === 'string' ? version : undefined;
}

function errorOf(id: string | number | null, code: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } });
}
