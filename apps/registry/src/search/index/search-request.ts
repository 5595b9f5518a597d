import type { Field } from './fields.js';
import type { Visibility } from './indexed-environment.js';

export interface SearchRequest {
  /** The question, and up to four other ways to ask it. */
  readonly phrasings: readonly string[];
  readonly isVisible: Visibility;
  /** Only endpoints of this method, in upper case. */
  readonly method?: string;
  readonly limit: number;
  /** Hits behind the first 1,000 are not answered. */
  readonly offset: number;
}

/** A word of the question, and where the endpoint has it. */
export interface Reason {
  readonly word: string;
  readonly field: Field;
}

export interface SearchHit {
  readonly id: string;
  readonly environmentId: string;
  /** From 0 to 100, comparable between questions: the share of the question that the endpoint answers. */
  readonly score: number;
  readonly why: readonly Reason[];
}

export interface SearchResult {
  /** Best first. */
  readonly hits: readonly SearchHit[];
  /** False when no endpoint is likely to do what was asked for. */
  readonly goodMatch: boolean;
  /** Names of endpoints or keys of applications that may be meant, when there is no good match. */
  readonly suggestions: readonly string[];
  readonly hasMore: boolean;
}
