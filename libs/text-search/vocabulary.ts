import { editDistance } from './edit-distance.js';

/** A word that is in use, and its number, which no other word ever gets. */
export interface Term {
  readonly text: string;
  readonly number: number;
}

interface CountedTerm extends Term {
  uses: number;
}

/** The longest word that typing errors are looked for in; no two buckets have the same key below. */
const MAX_LENGTH = 64;

/** The words of an index, in buckets of first letter and length so that similar ones are found without reading all. */
export class Vocabulary {
  private readonly buckets = new Map<number, Map<string, CountedTerm>>();
  private readonly byNumber = new Map<number, CountedTerm>();
  private nextNumber = 0;

  /** How many different words are in use. */
  get size(): number {
    return this.byNumber.size;
  }

  /** The number of a word, which is in use from now on until it is {@link release}d as often. */
  use(text: string): number {
    const key = keyOf(text.charCodeAt(0), text.length);
    let bucket = this.buckets.get(key);
    if (bucket === undefined) this.buckets.set(key, (bucket = new Map<string, CountedTerm>()));
    let term = bucket.get(text);
    if (term === undefined) {
      term = { text, number: this.nextNumber++, uses: 0 };
      bucket.set(text, term);
      this.byNumber.set(term.number, term);
    }
    term.uses += 1;
    return term.number;
  }

  /** Ends one use of the word with this number. */
  release(number: number): void {
    const term = this.byNumber.get(number);
    if (term === undefined) return;
    term.uses -= 1;
    if (term.uses > 0) return;
    this.byNumber.delete(number);
    const key = keyOf(term.text.charCodeAt(0), term.text.length);
    const bucket = this.buckets.get(key);
    bucket?.delete(term.text);
    if (bucket?.size === 0) this.buckets.delete(key);
  }

  /** The number of a word in use. */
  numberOf(text: string): number | undefined {
    return this.buckets.get(keyOf(text.charCodeAt(0), text.length))?.get(text)?.number;
  }

  /**
   * Words that may be meant by a misspelt one: at most `max` errors away, with the same first letter or with the first two
   * swapped. Undefined stands for a word that was looked at and is none of them, so that callers can pause.
   */
  *similarTo(text: string, max: number): Generator<(Term & { readonly distance: number }) | undefined> {
    const firsts = new Set([text.charCodeAt(0), text.charCodeAt(1)]);
    for (const first of firsts) {
      for (let length = Math.max(1, text.length - max); length <= text.length + max; length += 1) {
        for (const term of this.buckets.get(keyOf(first, length))?.values() ?? []) {
          const distance = editDistance(text, term.text, max);
          yield distance <= max ? { text: term.text, number: term.number, distance } : undefined;
        }
      }
    }
  }
}

function keyOf(first: number, length: number): number {
  return first * MAX_LENGTH + Math.min(length, MAX_LENGTH - 1);
}
