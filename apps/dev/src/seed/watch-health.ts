import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_APPLICATIONS } from './demo-applications.js';
import type { Registry } from './registry.js';

/** More often than the registry checks on its own, so that the user sees the health of the demo change. */
const CHECK_EVERY_MS = 10_000;

interface CheckedApplication {
  readonly checks: readonly { readonly environment: string | null; readonly healthStatus: string }[];
}

/**
 * Requests health checks of the demo applications repeatedly, and reports each change of a health status. Resolves when
 * `signal` is aborted.
 *
 * @throws SeedFailure when the registry can no longer be reached
 */
export async function watchHealth(
  registry: Registry,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map<string, string>();
  const watched = DEMO_APPLICATIONS.filter(({ environments }) =>
    environments.some(({ health }) => health !== undefined),
  );
  while (!signal.aborted) {
    await Promise.all(
      watched.map(async ({ appKey }) => {
        const { checks } = await registry.call<CheckedApplication>(
          'POST',
          `/health-check/applications/${appKey}/check`,
        );
        for (const { environment, healthStatus } of checks) {
          const target = `${appKey} ${environment ?? ''}`.padEnd(24);
          const before = known.get(target);
          if (before !== healthStatus) say(`${target} ${before ?? ''}${before ? ' -> ' : ''}${healthStatus}`);
          known.set(target, healthStatus);
        }
      }),
    );
    await sleep(CHECK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
