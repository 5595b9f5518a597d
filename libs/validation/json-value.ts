import { isExactNumber } from '../json/exact-json.js';
import { MAX_JSON_DEPTH } from '../json/json-reader.js';
import { numberFault } from '../json/number-fault.js';
import type { InputError } from '../problem-details/domain-error.js';
import { childPointer } from './pointer.js';
import { isStorableText } from './storable-text.js';

/** Finds what keeps a JSON value from being stored as it is: text, numbers or depth; `undefined` when nothing does. */
export function jsonFault(value: unknown, pointer = '#'): InputError | undefined {
  const fault = faultIn(value, 0);
  return fault && { pointer: fault.keys.reduce(childPointer, pointer), detail: fault.detail };
}

interface Fault {
  /** The path, from which pointers are built for faults only: most values are plain and numerous. */
  readonly keys: readonly string[];
  readonly detail: string;
}

function faultIn(value: unknown, depth: number): Fault | undefined {
  if (typeof value === 'string') {
    return isStorableText(value) ? undefined : { keys: [], detail: 'must be valid Unicode without U+0000' };
  }
  // 1e400 is read as Infinity, which JSON cannot write again.
  if (value === Infinity || value === -Infinity) return { keys: [], detail: 'must be a number below 1e308' };
  if (isExactNumber(value)) {
    const detail = numberFault(value.value);
    return detail === undefined ? undefined : { keys: [], detail };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MAX_JSON_DEPTH) {
    return { keys: [], detail: `must not be nested deeper than ${MAX_JSON_DEPTH} levels` };
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const fault = faultIn(value[index], depth + 1);
      if (fault !== undefined) return below(String(index), fault);
    }
    return undefined;
  }
  for (const key in value) {
    if (!isStorableText(key)) {
      return { keys: [], detail: 'must have property names of valid Unicode without U+0000' };
    }
    const fault = faultIn((value as Record<string, unknown>)[key], depth + 1);
    if (fault !== undefined) return below(key, fault);
  }
  return undefined;
}

function below(key: string, { keys, detail }: Fault): Fault {
  return { keys: [key, ...keys], detail };
}
