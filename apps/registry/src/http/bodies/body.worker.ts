import { serialize } from 'node:v8';
import { type BodyRules, type ReadBody, readBody } from './read-body.js';

/** What runs in the thread of {@link BodyReader}. */

export interface Reading {
  readonly bytes: Uint8Array;
  readonly rules: BodyRules;
}

/** A {@link ReadBody}, the endpoints of a batch in portions that the event loop takes one by one. */
export type Portioned = ReadBody & { readonly portions?: readonly Uint8Array[] };

const ENDPOINTS_IN_PORTION = 50;

export function read({ bytes, rules }: Reading): Portioned {
  const read = readBody(bytes, rules);
  if (read.kind !== 'body' || rules.maxEndpoints === undefined) return read;
  const { endpoints, ...rest } = (read.body ?? {}) as { endpoints?: unknown };
  if (!Array.isArray(endpoints)) return read;
  const portions: Uint8Array[] = [];
  for (let index = 0; index < endpoints.length; index += ENDPOINTS_IN_PORTION) {
    portions.push(serialize(endpoints.slice(index, index + ENDPOINTS_IN_PORTION)));
  }
  return { kind: 'body', body: rest, portions };
}
