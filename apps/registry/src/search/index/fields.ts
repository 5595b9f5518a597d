/** The fields of an endpoint that are searched, in the order of their bits in a posting. */
export const FIELDS = [
  'name',
  'operationId',
  'resource',
  'path',
  'tags',
  'keywords',
  'description',
  'parameters',
  'body',
  'application',
  'applicationDescription',
] as const;

export type Field = (typeof FIELDS)[number];

/** How often a word is in a field is kept in this many bits: up to three times, more often says nothing more. */
export const FREQUENCY_BITS = 2;
export const MAX_FREQUENCY = (1 << FREQUENCY_BITS) - 1;
