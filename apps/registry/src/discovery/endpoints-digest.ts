import { createHash } from 'node:crypto';
import { inSlices } from '#libs/event-loop/slices.js';
import { textPieces } from '#libs/event-loop/text-pieces.js';
import { RECORD_SEPARATOR } from '#libs/json/json-sequence.js';

/** Raised whenever other bytes are made of the same sequence: a tag must never name two bodies. */
const FORM = 1;
const SET_LENGTH = 22;
const WHOLE_LENGTH = 21;
/** Characters hashed at a time. */
const PIECE_LENGTH = 256 * 1024;

const TAG = new RegExp(`^"([\\w-]{${SET_LENGTH}})[\\w-]{${WHOLE_LENGTH}}(?:-shared)?"$`);

/**
 * The digest of `GET /endpoints` in two halves: the first names the registered set, the second all that is answered. So the
 * entity tag changes with every byte, and yet tells whether the set is the one that a client has seen.
 *
 * @param subject the JSON of the environment
 * @param setHash SHA-256 of what follows it in a sequence of the repository
 */
export function endpointsDigest(subject: string, setHash: Buffer): string {
  const whole = createHash('sha256').update(`${FORM}${subject}`).update(setHash).digest('base64url');
  return `${setName(setHash)}${whole.slice(0, WHOLE_LENGTH)}`;
}

/** The digest of the same with the shared definitions once. */
export function sharedDigest(digest: string): string {
  return `${digest}-shared`;
}

/** The {@link endpointsDigest} of a sequence as the repository makes it. */
export async function digestOf(sequence: string): Promise<string> {
  const end = sequence.indexOf(RECORD_SEPARATOR);
  const hash = createHash('sha256');
  await inSlices(textPieces(sequence.slice(end + 1), PIECE_LENGTH), (piece) => hash.update(piece));
  return endpointsDigest(sequence.slice(0, end), hash.digest());
}

/** How tags name the set with this hash. */
export function setName(setHash: Buffer): string {
  return setHash.toString('base64url').slice(0, SET_LENGTH);
}

/** The set that an entity tag of `GET /endpoints` names, with the shared definitions once or not. */
export function namedSet(tag: string): string | undefined {
  return TAG.exec(tag)?.[1];
}
