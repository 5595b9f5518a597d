import type * as globals from '@jest/globals';

/**
 * Jest's functions, for every test. jest-light-runner loads a module once for all test files of a worker, and offers
 * them as globals only; it knows no time limits, so tests and hooks get theirs here.
 */
const jestGlobals = globalThis as unknown as typeof globals;

export const { describe, expect, jest } = jestGlobals;

/** A test or hook that takes longer has failed, unless it names a limit of its own. */
const TIMEOUT_MS = Number(process.env.TEST_LIMIT_SECONDS ?? 60) * 1000;

/** Those of before a test fakes them. */
const { setTimeout, clearTimeout } = globalThis;

type Work = (...values: never[]) => unknown;
type Declare = (name: never, work: Work, timeoutMs?: number) => void;
type Each = (...table: never[]) => Declare;

/** `work`, which fails when it has not ended in time. */
function bounded(work: Work, timeoutMs = TIMEOUT_MS): Work {
  return async (...values) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((_, reject) => {
      timer = setTimeout(reject, timeoutMs, new Error(`Exceeded the limit of ${timeoutMs} ms`));
    });
    try {
      await Promise.race([work(...values), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

function boundedTest<Test extends object>(original: Test): Test {
  const declaring =
    (declare: Declare): Declare =>
    (name, work, timeoutMs) => {
      declare(name, bounded(work, timeoutMs));
    };
  const test = original as unknown as Declare & { each: Each };
  return Object.assign(declaring(test), test, {
    each: (...table: never[]) => declaring(test.each(...table)),
  }) as unknown as Test;
}

function boundedHook<Hook extends (work: never) => void>(hook: Hook): Hook {
  const bound = (work: Work, timeoutMs?: number): void => {
    hook(bounded(work, timeoutMs) as never);
  };
  return bound as unknown as Hook;
}

export const it = boundedTest(jestGlobals.it);
export const beforeAll = boundedHook(jestGlobals.beforeAll);
export const beforeEach = boundedHook(jestGlobals.beforeEach);
export const afterEach = boundedHook(jestGlobals.afterEach);
export const afterAll = boundedHook(jestGlobals.afterAll);
