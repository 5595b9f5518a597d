import { compareSync, hashSync } from 'bcryptjs';

/** What runs in the threads of {@link BcryptPool}: nothing else may import this file, or bcryptjs. */

export interface Hashing {
  readonly key: string;
  /** 4 to 31: each step doubles the work. */
  readonly cost: number;
}

export interface Comparison {
  readonly key: string;
  readonly hashedKey: string;
}

export function hash({ key, cost }: Hashing): string {
  return hashSync(key, cost);
}

/** In constant time. */
export function compare({ key, hashedKey }: Comparison): boolean {
  return compareSync(key, hashedKey);
}
