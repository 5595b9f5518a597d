import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Bindings } from '#libs/access/bindings.js';
import { CachedResponse } from '#libs/http-cache/cached-response.js';
import { overviewJson } from './overview-json.js';
import { OverviewMemory, type OverviewState } from './overview-memory.js';

/** Answers in memory, by what their readers are bound to. */
const MAX_ANSWERS = 8;

interface Answer {
  readonly state: OverviewState;
  readonly response: Promise<CachedResponse>;
}

@Injectable()
export class OverviewService {
  private readonly answers = new LRUCache<string, Answer>({ max: MAX_ANSWERS });

  constructor(private readonly memory: OverviewMemory) {}

  /** Every environment that an operator sees, as it was at most 15 s ago and with every change told since. */
  async answer(bindings: Bindings): Promise<CachedResponse> {
    const state = await this.memory.current();
    const key = bindings.toString();
    const known = this.answers.get(key);
    if (known?.state === state) return known.response;
    const response = overviewJson(state, bindings).then((parts) => CachedResponse.of(parts));
    this.answers.set(key, { state, response });
    response.catch(() => this.answers.delete(key));
    return response;
  }
}
