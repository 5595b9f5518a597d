import { randomBytes } from 'node:crypto';

const MAX_LENGTH = 100;

/** Routes below `/applications` that would hide an application of that key. */
const RESERVED: readonly string[] = ['with-endpoints'];

export function isReserved(appKey: string): boolean {
  return RESERVED.includes(appKey);
}

/** An app key made from a name: `Orders & Returns` gives `orders-returns`. */
export function appKeyFrom(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '');
  if (slug === '') return distinguished('app');
  return isReserved(slug) ? distinguished(slug) : slug;
}

/** The same key with a random ending, for when the plain one is taken. */
export function distinguished(appKey: string): string {
  return `${appKey}-${randomBytes(4).toString('hex')}`;
}
