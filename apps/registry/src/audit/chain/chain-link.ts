import { createHash } from 'node:crypto';

/** An entry as a link of the chain. */
export interface ChainEntry {
  /** By `entryDigest`. */
  readonly digest: string;
  /** In milliseconds. */
  readonly createdAt: string;
  /** null: of an entry from before entries had one. */
  readonly mac: string | null;
}

/** The end of a chain: how many entries it has had, and the hash of the last one. */
export interface ChainEnd {
  readonly number: number;
  readonly hash: string;
}

/** A chain without entries. */
export const EMPTY_CHAIN: ChainEnd = { number: 0, hash: '0'.repeat(64) };

/** The chain with one entry more. Each hash covers the entry, its number, and the hash before it (SHA-256, hexadecimal). */
export function linked({ number, hash }: ChainEnd, { digest, createdAt, mac }: ChainEntry): ChainEnd {
  const entry = sha256(`${digest}:${createdAt}:${mac ?? '-'}`);
  return { number: number + 1, hash: sha256(`${hash}:${number + 1}:${entry}`) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
