import { deserialize } from 'node:v8';
import { BadRequestException } from '@nestjs/common';
import { JSON_FIELDS } from '#libs/domain/endpoint.js';
import { BoundedThread, isOutOfMemory } from '#libs/event-loop/bounded-thread.js';
import { mapInSlices } from '#libs/event-loop/slices.js';
import { JsonText } from '#libs/json/json-text.js';
import { InvalidInput } from '#libs/problem-details/invalid-input.js';
import { TooManyEndpoints } from '../../endpoints/endpoint.errors.js';
import { BodyTooComplex } from './body.errors.js';
import type { Portioned, Reading } from './body.worker.js';
import { type BodyRules, type ReadBody, readBody } from './read-body.js';

/** Larger bodies are read by another thread. */
export const MAX_BYTES_ON_EVENT_LOOP = 64 * 1024;
/** An idle service keeps no thread. */
const IDLE_TIMEOUT_MS = 30_000;
/** Measured: text, values and their copy for the event loop take up to six times the bytes of a batch. */
const HEAP_PER_BYTE = 10;

/** Reads JSON bodies, large ones in a thread of its own whose memory is bounded. */
export class BodyReader {
  private readonly thread: BoundedThread;

  /** @param maxBytes of the largest body */
  constructor(maxBytes: number) {
    this.thread = new BoundedThread({
      module: new URL('./body.worker.js', import.meta.url),
      heapBytes: HEAP_PER_BYTE * maxBytes,
      idleTimeoutMs: IDLE_TIMEOUT_MS,
    });
  }

  /**
   * Reads a body, which must not be used any more.
   *
   * @throws InvalidInput, TooManyEndpoints, BodyTooComplex, and BadRequestException where it is no JSON
   */
  async read(bytes: Buffer, rules: BodyRules): Promise<unknown> {
    if (bytes.length <= MAX_BYTES_ON_EVENT_LOOP) return accepted(readBody(bytes, rules), rules);
    const { portions, ...read } = await this.readElsewhere({ bytes, rules });
    const body = accepted(read, rules);
    return portions === undefined ? body : { ...(body as object), endpoints: await endpointsIn(portions) };
  }

  async close(): Promise<void> {
    await this.thread.close();
  }

  private async readElsewhere(reading: Reading): Promise<Portioned> {
    try {
      return (await this.thread.run(reading, {
        name: 'read',
        transferList: [reading.bytes.buffer as ArrayBuffer],
      })) as Portioned;
    } catch (error) {
      if (isOutOfMemory(error)) throw new BodyTooComplex();
      throw error;
    }
  }
}

function accepted(read: ReadBody, { maxEndpoints }: BodyRules): unknown {
  switch (read.kind) {
    case 'body':
      return maxEndpoints === undefined ? read.body : withJsonTexts(read.body);
    case 'not-utf-8':
      throw new BadRequestException('The body is not valid UTF-8');
    case 'not-json':
      throw new BadRequestException(`The body is not valid JSON: ${read.detail}`);
    case 'fault':
      throw new InvalidInput([{ pointer: read.pointer, detail: read.detail }]);
    case 'too-many-endpoints':
      throw new TooManyEndpoints(read.count, maxEndpoints ?? 0);
  }
}

function withJsonTexts(body: unknown): unknown {
  const { endpoints } = (body ?? {}) as { endpoints?: unknown };
  if (Array.isArray(endpoints)) endpoints.forEach(holdJsonTexts);
  return body;
}

function endpointsIn(portions: readonly Uint8Array[]): Promise<unknown[]> {
  return mapInSlices(portions, (portion) => {
    const endpoints = deserialize(portion) as unknown[];
    endpoints.forEach(holdJsonTexts);
    return endpoints;
  });
}

/** Every string that {@link readBody} gives for a JSON field is the text of JSON. */
function holdJsonTexts(endpoint: unknown): void {
  if (typeof endpoint !== 'object' || endpoint === null) return;
  const fields = endpoint as Record<string, unknown>;
  for (const name of JSON_FIELDS) {
    const text = fields[name];
    if (typeof text === 'string') fields[name] = new JsonText(text);
  }
}
