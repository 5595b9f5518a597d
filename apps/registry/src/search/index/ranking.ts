import { type Field, FIELDS } from './fields.js';

/** The constants of the ranking; `npm run bench -- search` measures what they are worth. */
export const RANKING = {
  /** What a word counts in each field. */
  weights: {
    name: 3,
    operationId: 2,
    resource: 2,
    path: 1.5,
    tags: 1,
    keywords: 2,
    description: 1,
    parameters: 0.4,
    body: 0.3,
    application: 2,
    applicationDescription: 0.3,
  } as Record<Field, number>,
  /** How much the length of a field counts, from 0 to 1. */
  lengthNorm: 0.75,
  /** Of the frequency of a word: from here on more of it adds little. */
  saturation: 1.2,
  verbWeight: 1,
  actionMatch: 0.2,
  actionMiss: 0.2,
  deprecated: 0.1,
  fusionMax: 0.5,
  typoWeight: 0.7,
  good: 0.4,
};

/** How much one occurrence counts in a field of each length, for averages over what the caller sees. */
export function occurrenceWeights(averages: ArrayLike<number>, lengthsUpTo: number): Float64Array[] {
  return FIELDS.map((field, index) => {
    const average = Math.max(1, averages[index] ?? 1);
    const norms = new Float64Array(lengthsUpTo + 1);
    for (let length = 0; length <= lengthsUpTo; length += 1) {
      const norm = 1 - RANKING.lengthNorm + (RANKING.lengthNorm * length) / average;
      norms[length] = RANKING.weights[field] / norm;
    }
    return norms;
  });
}

/** The weight of a word that `found` of all endpoints have. */
export function rarity(found: number, all: number): number {
  return Math.log(1 + (all - found + 0.5) / (found + 0.5));
}
