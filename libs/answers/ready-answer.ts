import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

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

/** Less fits into one packet anyway. */
const MIN_ENCODED_BYTES = 1024;
const WORTHWHILE_SHARE = 0.9;

/** A JSON answer as bytes, ready to be sent any number of times. */
export class ReadyAnswer {
  readonly body: Buffer;
  /** Of the content, whatever its encoding. */
  readonly digest: string;
  /** The entity tag of the body as it is. */
  readonly tag: string;
  private readonly encoded = new Map<Encoding, Promise<Buffer | undefined>>();

  /** @param next of a page that another one follows, its cursor */
  constructor(
    parts: readonly string[],
    readonly next?: string,
  ) {
    const hash = createHash('sha256');
    const buffers = parts.map((part) => Buffer.from(part));
    for (const buffer of buffers) hash.update(buffer);
    this.body = Buffer.concat(buffers);
    this.digest = hash.digest('base64url');
    this.tag = `"${this.digest}"`;
  }

  /** What it may come to take in memory, its encoded forms included. */
  get bytes(): number {
    return 2 * this.body.length;
  }

  /** The body in an encoding, made once; `undefined` when it would hardly be smaller. */
  in(encoding: Encoding): Promise<Buffer | undefined> {
    if (this.body.length < MIN_ENCODED_BYTES) return Promise.resolve(undefined);
    const known = this.encoded.get(encoding);
    if (known !== undefined) return known;
    const made = compressors[encoding](this.body).then((body) =>
      body.length <= WORTHWHILE_SHARE * this.body.length ? body : undefined,
    );
    this.encoded.set(encoding, made);
    // One that could not be made, for want of memory for example, is tried again by the next request.
    made.catch(() => this.encoded.delete(encoding));
    return made;
  }
}
