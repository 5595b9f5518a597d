import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { inSlices } from '../event-loop/slices.js';
import { textPieces } from '../event-loop/text-pieces.js';

export const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const compressors: Record<Encoding, (body: Buffer) => Promise<Buffer>> = {
  // The default, 11, takes a hundred times as long for a tenth less.
  br: (body) =>
    promisify(brotliCompress)(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 4,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    }),
  gzip: promisify(gzip),
};

/** Smaller bodies fit into one packet. */
const MIN_ENCODED_BYTES = 1024;
const WORTHWHILE_SHARE = 0.9;

/** Larger bodies are compressed one at a time, with a short queue: compression takes memory. */
const MAX_BYTES_ENCODED_AT_WILL = 256 * 1024;
const MAX_WAITING_TO_BE_ENCODED = 3;
const turns = { waiting: 0, last: Promise.resolve<unknown>(undefined) };

/** Characters made bytes at a time, bytes hashed at a time. */
const PIECE_LENGTH = 256 * 1024;

/** A JSON response as bytes, ready to be sent any number of times. */
export class CachedResponse {
  /** The entity tag of the body as it is. */
  readonly tag: string;
  private readonly encodedBodies = new Map<Encoding, Promise<Buffer | undefined>>();

  private constructor(
    readonly body: Buffer,
    /** Digest of the content, the same for every encoding. */
    readonly digest: string,
    /** The cursor of the next page, if there is one. */
    readonly next: string | undefined,
  ) {
    this.tag = `"${digest}"`;
  }

  /** The response with these parts as its text, made in slices. */
  static async of(parts: readonly string[], next?: string): Promise<CachedResponse> {
    return CachedResponse.ofBytes(await joined(parts), next);
  }

  /** The same under a digest of what it is made of, which must differ where the text does. */
  static async under(digest: string, parts: readonly string[]): Promise<CachedResponse> {
    return new CachedResponse(await joined(parts), digest, undefined);
  }

  /** The response with these bytes, which must not change any more. */
  static async ofBytes(body: Buffer, next?: string): Promise<CachedResponse> {
    const hash = createHash('sha256');
    await inSlices(bytePieces(body), (piece) => hash.update(piece));
    return new CachedResponse(body, hash.digest('base64url'), next);
  }

  /** Upper bound of its memory, with both encoded forms. */
  get bytes(): number {
    return (1 + ENCODINGS.length) * this.body.length;
  }

  /**
   * The body in an encoding, compressed once; `undefined` when it would hardly be smaller, or too many large
   * bodies wait for compression.
   */
  encoded(encoding: Encoding): Promise<Buffer | undefined> {
    if (this.body.length < MIN_ENCODED_BYTES) return Promise.resolve(undefined);
    const known = this.encodedBodies.get(encoding);
    if (known !== undefined) return known;
    const isLarge = this.body.length > MAX_BYTES_ENCODED_AT_WILL;
    if (isLarge && turns.waiting > MAX_WAITING_TO_BE_ENCODED) return Promise.resolve(undefined);
    const compress = (): Promise<Buffer> => compressors[encoding](this.body);
    const made = (isLarge ? inTurn(compress) : compress()).then((body) =>
      body.length <= WORTHWHILE_SHARE * this.body.length ? body : undefined,
    );
    this.encodedBodies.set(encoding, made);
    // A failed compression is tried again by the next request.
    made.catch(() => this.encodedBodies.delete(encoding));
    return made;
  }
}

function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  turns.waiting += 1;
  const result = turns.last.then(work).finally(() => {
    turns.waiting -= 1;
  });
  turns.last = result.catch(() => undefined);
  return result;
}

async function joined(parts: readonly string[]): Promise<Buffer> {
  const length = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  const body = Buffer.allocUnsafeSlow(length);
  let end = 0;
  await inSlices(piecesOf(parts), (piece) => {
    end += body.write(piece, end);
  });
  return body;
}

function* piecesOf(parts: readonly string[]): Generator<string> {
  for (const part of parts) yield* textPieces(part, PIECE_LENGTH);
}

function* bytePieces(body: Buffer): Generator<Buffer> {
  for (let begin = 0; begin < body.length; begin += PIECE_LENGTH) {
    yield body.subarray(begin, begin + PIECE_LENGTH);
  }
}
