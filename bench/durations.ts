/** How often each side is measured; the median counts. */
export const ROUNDS = 5;
/** How long a side is under load in one round, in seconds. */
export const ROUND_SECONDS = 3;
/** How long a side is under the same load before its first round, in seconds. */
export const WARM_UP_SECONDS = 3;
/** Batches in a round, and before the first, where single ones are timed. */
export const BATCHES_PER_ROUND = 5;
