import { deserialize } from 'node:v8';
import { BadRequestException } from '@nestjs/common';
import type { Piscina } from 'piscina';
import { JSON_FIELDS } from '#libs/domain/endpoint.js';
import { mapInSlices } from '#libs/event-loop/slices.js';
import { JsonText } from '#libs/json/json-text.js';
import { InvalidInput } from '#libs/problem-details/invalid-input.js';
import { MEBIBYTE } from '#libs/units/bytes.js';
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
const LEAST_HEAP_MEBIBYTES = 64;
/** Node's own, 48, comes on top of the heap that a batch needs, and is hardly quicker. */
const YOUNG_HEAP_MEBIBYTES = 12;

/** Reads JSON bodies, large ones in a thread of its own whose memory is bounded. */
export class BodyReader {
  private pool: Promise<Piscina> | undefined;

  /** @param maxBytes of the largest body */
  constructor(private readonly maxBytes: number) {}

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
    await (await this.pool)?.close();
  }

  private async readElsewhere(reading: Reading): Promise<Portioned> {
    const pool = await this.startedPool();
    try {
      return (await pool.run(reading, {
        name: 'read',
        transferList: [reading.bytes.buffer as ArrayBuffer],
      })) as Portioned;
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY') throw new BodyTooComplex();
      throw error;
    }
  }

  /** A start that failed, for lack of file descriptors for example, is tried again with the next body. */
  private startedPool(): Promise<Piscina> {
    const pool = (this.pool ??= newPool(this.maxBytes));
    pool.catch(() => {
      this.pool = undefined;
    });
    return pool;
  }
}

async function newPool(maxBytes: number): Promise<Piscina> {
  const { Piscina } = await import('piscina');
  return new Piscina({
    filename: new URL('./body.worker.js', import.meta.url).href,
    minThreads: 0,
    // More would need more memory, and take the cores that the event loop and bcrypt need.
    maxThreads: 1,
    idleTimeout: IDLE_TIMEOUT_MS,
    resourceLimits: {
      maxYoungGenerationSizeMb: YOUNG_HEAP_MEBIBYTES,
      maxOldGenerationSizeMb: LEAST_HEAP_MEBIBYTES + Math.ceil((HEAP_PER_BYTE * maxBytes) / MEBIBYTE),
    },
    recordTiming: false,
    // Threads need none of the service's secrets.
    env: {},
  });
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
