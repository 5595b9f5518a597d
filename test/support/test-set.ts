import { it } from './jest.js';

/** `npm test` runs the short cases, `npm run test:soak` the long ones. */
export type TestSet = 'short' | 'long';

type It = typeof it;

const nothing = (): void => undefined;
const declareNothing = Object.assign(nothing, { each: () => nothing, skip: nothing }) as unknown as It;

/** `it`, for a case that belongs to one set, in a function that declares the cases of either. */
export function itIn(set: TestSet, declared: TestSet): It {
  return set === declared ? it : declareNothing;
}
