import { operations } from './operations.js';

/** 1,000 applications with three environments of 20 endpoints each: the data of the benchmarks and of `seed --large`. */
export const APP_KEYS: readonly string[] = Array.from(
  { length: 1000 },
  (_, index) => `application-${index + 1}`,
);
export const ENVIRONMENTS: readonly string[] = ['production', 'staging', 'development'];
/** The endpoints of each environment: a list of about 12 kB. */
export const OPERATIONS = operations(20);
/** Description of every application. */
export const DESCRIPTION = 'Takes and tracks orders';
