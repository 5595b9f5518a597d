import { Slices } from '#libs/event-loop/slices.js';
import type { Vocabulary } from '#libs/text-search/vocabulary.js';
import { type Content, positionOf } from './content.js';
import type { IndexedIds } from './endpoint-index.js';
import { FIELDS, FREQUENCY_BITS, MAX_FREQUENCY } from './fields.js';
import { type Question, questionOf } from './question.js';
import { occurrenceWeights, rarity, RANKING } from './ranking.js';
import type { Reason, SearchHit, SearchRequest, SearchResult } from './search-request.js';

/** A content of which the caller sees at least one environment. */
export interface VisibleContent {
  readonly content: Content;
  readonly environments: readonly IndexedIds[];
}

interface Alternative {
  readonly number: number;
  readonly weight: number;
}
interface Term {
  readonly word: string;
  readonly weight: number;
  readonly alternatives: readonly Alternative[];
}

const MAX_LENGTH = 400;

export class Search {
  private readonly slices = new Slices();
  private readonly bases: number[] = [];
  private readonly total: number;
  private readonly norms: Float64Array[];

  constructor(
    private readonly visible: readonly VisibleContent[],
    private readonly vocabulary: Vocabulary,
    private readonly request: SearchRequest,
  ) {
    const lengths = new Float64Array(FIELDS.length);
    let total = 0;
    for (const { content } of visible) {
      this.bases.push(total);
      total += content.endpoints.length;
      for (let field = 0; field < FIELDS.length; field += 1) lengths[field]! += content.totalLengths[field]!;
    }
    this.total = total;
    this.norms = occurrenceWeights(
      lengths.map((sum) => sum / Math.max(1, total)),
      MAX_LENGTH,
    );
  }

  async run(): Promise<SearchResult> {
    const questions = this.request.phrasings.map(questionOf);
    const scores: Float64Array[] = [];
    const terms: Term[][] = [];
    for (const question of questions) {
      const { score, terms: own } = await this.score(question);
      scores.push(score);
      terms.push(own);
    }
    const fused = fuse(scores, this.total);
    const hits = await this.select(fused, terms);
    const page = hits.slice(this.request.offset, this.request.offset + this.request.limit);
    return {
      hits: page,
      goodMatch: (hits[0]?.score ?? 0) >= RANKING.good * 100,
      suggestions: [],
      hasMore: hits.length > this.request.offset + this.request.limit,
    };
  }

  private frequency(number: number): number {
    let found = 0;
    for (const { content } of this.visible) {
      const at = positionOf(content, number);
      if (at >= 0) found += content.starts[at + 1]! - content.starts[at]!;
    }
    return found;
  }

  private async score(question: Question): Promise<{ score: Float64Array; terms: Term[] }> {
    const score = new Float64Array(this.total);
    const x = new Float32Array(this.total);
    const terms: Term[] = [];
    let whole = 0;
    for (const word of question.words) {
      const number = this.vocabulary.numberOf(word.stem);
      let found = number === undefined ? 0 : this.frequency(number);
      let alternatives: Alternative[] = found > 0 && number !== undefined ? [{ number, weight: 1 }] : [];
      if (found === 0 && word.stem.length >= 4) {
        let best = word.stem.length >= 8 ? 2 : 1;
        for (const similar of this.vocabulary.similarTo(word.stem, best)) {
          if (similar === undefined || similar.distance > best) continue;
          const frequency = this.frequency(similar.number);
          if (frequency === 0) continue;
          if (similar.distance < best) {
            best = similar.distance;
            alternatives = [];
            found = 0;
          }
          alternatives.push({ number: similar.number, weight: RANKING.typoWeight });
          found += frequency;
        }
      }
      const weight = rarity(found, this.total) * (word.actions === 0 ? 1 : RANKING.verbWeight);
      whole += weight;
      terms.push({ word: word.text, weight, alternatives });
    }
    const k = RANKING.saturation;
    for (const term of terms) {
      for (const { number, weight } of term.alternatives) {
        for (const [index, { content }] of this.visible.entries()) {
          const pause = this.slices.pause();
          if (pause !== undefined) await pause;
          const at = positionOf(content, number);
          if (at < 0) continue;
          const base = this.bases[index]!;
          for (let p = content.starts[at]!; p < content.starts[at + 1]!; p += 1) {
            const doc = content.postings[p]!;
            x[base + doc] = Math.max(
              x[base + doc]!,
              weight * this.strength(content, doc, content.frequencies[p]!),
            );
          }
        }
      }
      for (let doc = 0; doc < this.total; doc += 1) {
        if (x[doc] === 0) continue;
        score[doc]! += (term.weight * (x[doc]! / (x[doc]! + k))) / whole;
        x[doc] = 0;
      }
    }
    for (const [index, { content }] of this.visible.entries()) {
      const base = this.bases[index]!;
      for (const [doc, endpoint] of content.endpoints.entries()) {
        if (score[base + doc] === 0) continue;
        let factor = 1;
        if (question.actions !== 0)
          factor *=
            (endpoint.actions & question.actions) !== 0 ? 1 + RANKING.actionMatch : 1 - RANKING.actionMiss;
        if (endpoint.deprecated) factor *= 1 - RANKING.deprecated;
        score[base + doc]! *= factor;
      }
    }
    return { score, terms };
  }

  private strength(content: Content, doc: number, frequencies: number): number {
    let sum = 0;
    const lengths = doc * FIELDS.length;
    for (let field = 0, bits = frequencies; bits !== 0; field += 1, bits >>>= FREQUENCY_BITS) {
      const frequency = bits & MAX_FREQUENCY;
      if (frequency !== 0)
        sum += frequency * this.norms[field]![Math.min(MAX_LENGTH, content.lengths[lengths + field]!)]!;
    }
    return sum;
  }

  private async select(score: Float64Array, terms: Term[][]): Promise<SearchHit[]> {
    const wanted = this.request.offset + this.request.limit + 1;
    const found: { content: number; doc: number; score: number }[] = [];
    for (const [index, { content }] of this.visible.entries()) {
      const base = this.bases[index]!;
      for (let doc = 0; doc < content.endpoints.length; doc += 1) {
        const value = score[base + doc]!;
        if (
          value > 0 &&
          (this.request.method === undefined || content.endpoints[doc]!.method === this.request.method)
        )
          found.push({ content: index, doc, score: value });
      }
    }
    found.sort((a, b) => b.score - a.score || this.tie(a, b));
    return found.slice(0, wanted).flatMap(({ content, doc, score: value }) => {
      const { environments, content: own } = this.visible[content]!;
      const why = this.why(own, doc, terms);
      return environments.map(({ environmentId, ids }) => ({
        id: ids[doc]!,
        environmentId,
        score: Math.min(100, Math.round(value * 100)),
        why,
      }));
    });
  }

  private tie(a: { content: number; doc: number }, b: { content: number; doc: number }): number {
    const [x, y] = [this.visible[a.content]!.content, this.visible[b.content]!.content];
    return compare(x.applicationKey, y.applicationKey) || a.doc - b.doc;
  }

  private why(content: Content, doc: number, terms: Term[][]): Reason[] {
    const reasons = new Map<string, Reason>();
    for (const { word, alternatives } of terms.flat()) {
      for (const { number } of alternatives) {
        const at = positionOf(content, number);
        if (at < 0) continue;
        for (let p = content.starts[at]!; p < content.starts[at + 1]!; p += 1) {
          if (content.postings[p] !== doc) continue;
          const field = FIELDS.find(
            (_, i) => ((content.frequencies[p]! >>> (i * FREQUENCY_BITS)) & MAX_FREQUENCY) !== 0,
          );
          if (field !== undefined && !reasons.has(word)) reasons.set(word, { word, field });
        }
      }
    }
    return [...reasons.values()];
  }
}

function fuse(scores: Float64Array[], total: number): Float64Array {
  const fused = new Float64Array(total);
  for (let doc = 0; doc < total; doc += 1) {
    let sum = 0,
      max = 0;
    for (const score of scores) {
      sum += score[doc]!;
      if (score[doc]! > max) max = score[doc]!;
    }
    fused[doc] = RANKING.fusionMax * max + ((1 - RANKING.fusionMax) * sum) / scores.length;
  }
  return fused;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
