import { createHash } from 'node:crypto';
import { Slices } from '#libs/event-loop/slices.js';
import { jsonPieces } from '#libs/json/json-pieces.js';

const KIBIBYTE = 1024;
/** Of `before` and `after` of an entry together. */
const MAX_VALUES_BYTES = 64 * KIBIBYTE;
/** Of either one, once both together are too large. */
const MAX_VALUE_BYTES = MAX_VALUES_BYTES / 2;
/** For all names of a digest; leaves room for its other fields. */
const MAX_NAMES_BYTES = 28 * KIBIBYTE;
/** Names of properties in a digest; other properties are in its bytes and its SHA-256 only. */
const MAX_PROPERTIES = 16;
const MAX_PROPERTY_LENGTH = 64;

const HASHED_AT_ONCE = 256 * KIBIBYTE;

/** Stands in an entry for a value that is too large. */
export interface ValueDigest {
  readonly truncated: true;
  /** Of the exact JSON text, in UTF-8. */
  readonly sha256: string;
  readonly bytes: number;
  /** How many members the properties of the value have, by property. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Their names, as many as fit: of endpoints the operations, such as `GET /orders`. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
}

/** A value as JSON text. */
interface Measured {
  /** Absent when it has more than {@link MAX_VALUES_BYTES}. */
  readonly text: string | undefined;
  readonly bytes: number;
  readonly sha256: string;
}

export interface BoundedValues {
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * The JSON texts of both values of an entry; in place of what would exceed {@link MAX_VALUES_BYTES} a
 * {@link ValueDigest}. Lets other work run in between, and holds no more of a large text than the bound.
 *
 * @param redact applied to every string and name
 */
export async function boundedValues(
  before: unknown,
  after: unknown,
  redact: (text: string) => string,
): Promise<BoundedValues> {
  const slices = new Slices();
  const values = [before, after];
  const measured: (Measured | undefined)[] = [];
  for (const value of values) measured.push(value === null ? undefined : await measure(value, slices));
  const bytes = measured.reduce((sum, each) => sum + (each?.bytes ?? 0), 0);
  const limit = bytes > MAX_VALUES_BYTES ? MAX_VALUE_BYTES : MAX_VALUES_BYTES;
  const [boundedBefore = null, boundedAfter = null] = measured.map((each, index) => {
    if (each === undefined) return null;
    if (each.text === undefined || each.bytes > limit) {
      return JSON.stringify(digestOf(values[index], each, redact));
    }
    // Only a text that holds a secret is written a second time, string by string, so that it stays JSON.
    return redact(each.text) === each.text ? each.text : [...jsonPieces(values[index], redact)].join('');
  });
  return { before: boundedBefore, after: boundedAfter };
}

async function measure(value: unknown, slices: Slices): Promise<Measured> {
  const hash = createHash('sha256');
  let [bytes, kept] = [0, ''];
  for (const piece of jsonPieces(value)) {
    const encoded = Buffer.from(piece);
    bytes += encoded.length;
    if (bytes <= MAX_VALUES_BYTES) kept += piece;
    for (let from = 0; from < encoded.length; from += HASHED_AT_ONCE) {
      hash.update(encoded.subarray(from, from + HASHED_AT_ONCE));
      await slices.pause();
    }
  }
  return { text: bytes > MAX_VALUES_BYTES ? undefined : kept, bytes, sha256: hash.digest('hex') };
}

function digestOf(
  value: unknown,
  { bytes, sha256 }: Measured,
  redact: (text: string) => string,
): ValueDigest {
  const properties =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const containers = properties
    .filter(
      ([name, member]) => typeof member === 'object' && member !== null && name.length <= MAX_PROPERTY_LENGTH,
    )
    .slice(0, MAX_PROPERTIES)
    .map(([name, member]): [string, readonly unknown[]] => [
      redact(name),
      Array.isArray(member) ? (member as unknown[]) : Object.keys(member as object),
    ]);
  const room = Math.floor(MAX_NAMES_BYTES / Math.max(1, containers.length));
  return {
    truncated: true,
    sha256,
    bytes,
    ...(containers.length > 0 && {
      counts: Object.fromEntries(containers.map(([name, members]) => [name, members.length])),
      names: Object.fromEntries(
        containers.map(([name, members]) => [name, namesWithin(members, room, redact)]),
      ),
    }),
  };
}

/** The first of the members that are texts, as many as fit. */
function namesWithin(members: readonly unknown[], room: number, redact: (text: string) => string): string[] {
  const names: string[] = [];
  let left = room;
  for (const member of members) {
    if (typeof member !== 'string') continue;
    const name = redact(member);
    left -= Buffer.byteLength(JSON.stringify(name)) + 1;
    if (left < 0) break;
    names.push(name);
  }
  return names;
}
