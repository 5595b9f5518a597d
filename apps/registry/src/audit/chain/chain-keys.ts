import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SecretList } from '#libs/config/app-config.js';
import type { ChainEnd } from './chain-link.js';

/** Of which state of a thing a signature is. */
export type Verdict = 'current' | 'former' | 'wrong';

/** A range of entries that retention took away. */
export interface PrunedRange {
  /** Of the entry before it. */
  readonly priorHash: string;
  readonly firstNumber: number;
  readonly lastNumber: number;
  /** Of its last entry. */
  readonly lastHash: string;
}

/** What the head says besides the end of the chain. */
export interface Head extends ChainEnd {
  /** Up to here entries are from before entries had a MAC. */
  readonly adoptedUntil: number;
}

/** Signs by HMAC-SHA256 under the first `SECRET_KEY`; what another one of the list signed is valid, too. */
export class ChainKeys {
  private readonly keys: readonly Buffer[];

  constructor(secretKeys: SecretList) {
    this.keys = secretKeys.map((key) => createHmac('sha256', key).update('audit trail').digest());
  }

  macOf(entryDigest: string): string {
    return this.sign(`entry ${entryDigest}`);
  }

  isMacOf(mac: string | null, entryDigest: string): boolean {
    return this.verdict(mac, `entry ${entryDigest}`) !== 'wrong';
  }

  signHead(head: Head): string {
    return this.sign(headText(head));
  }

  judgeHead(signature: string | null, head: Head): Verdict {
    return this.verdict(signature, headText(head));
  }

  signRange(range: PrunedRange): string {
    return this.sign(rangeText(range));
  }

  judgeRange(signature: string | null, range: PrunedRange): Verdict {
    return this.verdict(signature, rangeText(range));
  }

  private sign(text: string): string {
    const [key] = this.keys;
    if (key === undefined) throw new Error('There is no SECRET_KEY');
    return hmac(key, text).toString('hex');
  }

  private verdict(signature: string | null, text: string): Verdict {
    const given = Buffer.from(signature ?? '', 'hex');
    const position = this.keys.findIndex((key) => {
      const expected = hmac(key, text);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    if (position === -1) return 'wrong';
    return position === 0 ? 'current' : 'former';
  }
}

const headText = ({ number, hash, adoptedUntil }: Head): string => `head ${number} ${hash} ${adoptedUntil}`;
const rangeText = ({ priorHash, firstNumber, lastNumber, lastHash }: PrunedRange): string =>
  `pruned ${priorHash} ${firstNumber} ${lastNumber} ${lastHash}`;

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
