/** How often each side is measured; the median counts. */
export const ROUNDS = 5;
/** Seconds of load on a side in one round. */
export const ROUND_SECONDS = 3;
/** Seconds of the same load on a side before its first round. */
export const WARM_UP_SECONDS = 3;
/** Batches in a round, and in the warm-up, when single batches are timed. */
export const BATCHES_PER_ROUND = 5;
