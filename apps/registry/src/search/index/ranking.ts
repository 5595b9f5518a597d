import { type Field, FIELDS } from './fields.js';

/**
 * The constants of the ranking, found on the development set of `npm run bench -- search`; the ADR says how far they carry to
 * other APIs. Only their ratios matter, and the optimum is flat: none of them is worth another digit.
 */
export const RANKING = {
  /** What an occurrence of a word counts in each field. */
  weights: {
    name: 4,
    operationId: 2,
    resource: 2.75,
    path: 1.5,
    tags: 0.7,
    keywords: 2,
    description: 1.2,
    parameters: 0.5,
    body: 0.3,
    application: 1,
    applicationDescription: 0.3,
  } as Record<Field, number>,
  /** How much a long field weakens each of its words, from 0 to 1. */
  lengthNorm: 0.6,
  /** The strength at which a word counts half. */
  saturation: 1,
  /** So many documents without any of the words are added in thought: in a small registry every word is common. */
  background: 500,
  /** Below 1, rare words count less than by their information. */
  rarityPower: 0.6,
  /** The first word of a question, when it is a verb. */
  verb: 1.3,
  /** The strength of a verb in an endpoint that does what it says by method and path, without its word. */
  actionStrength: 0.5,
  /** The words behind a preposition: `a comment` to `a task`. */
  detail: 0.75,
  /** The strength of a word that is only similar to the one asked for. */
  synonym: 0.3,
  /** Two words of a question that the endpoint writes as one. */
  joined: 0.8,
  typo: 0.8,
  /** What an endpoint gains whose whole name, last path segment or path the question covers. */
  nameCover: 0.15,
  resourceCover: 0.1,
  pathCover: 0.2,
  /** What the endpoints of an application gain that the question names. */
  mention: 0.35,
  /** What an endpoint loses that does something else, has another method than the question says, or is deprecated. */
  otherAction: 0.2,
  otherMethod: 0.5,
  deprecated: 0.1,
  /** The share of the best phrasing in the score; the rest is the mean of all. */
  bestPhrasing: 0.1,
  /** Fused scores are seldom higher; they are 99 of 100. */
  ceiling: 1.2,
  /** Endpoints with a lower score have nothing to do with the question. */
  least: 0.03,
  /** When the best endpoint is called a good match. */
  likely: { scoreShare: 0.3, least: 0.45, leastPerPhrasing: 0.04 },
};

/** What an occurrence counts in each field, by the length of the field up to a maximum. */
export function occurrenceWeights(averages: ArrayLike<number>, maxLength: number): Float64Array[] {
  return FIELDS.map((field, index) => {
    const average = Math.max(1, averages[index] ?? 1);
    return Float64Array.from({ length: maxLength + 1 }, (_, length) => {
      const norm = 1 - RANKING.lengthNorm + (RANKING.lengthNorm * length) / average;
      return RANKING.weights[field] / norm;
    });
  });
}

/** The weight of a word that `found` of all documents have. */
export function rarity(found: number, all: number): number {
  return Math.log(1 + (all + RANKING.background - found + 0.5) / (found + 0.5)) ** RANKING.rarityPower;
}

/** How well a word is answered by occurrences of this strength, from 0 to 1. */
export function saturated(strength: number): number {
  return strength / (strength + RANKING.saturation);
}
