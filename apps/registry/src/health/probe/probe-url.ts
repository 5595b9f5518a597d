import { parsedUrl } from '#libs/validation/parsed-url.js';
import { baseUrlOf } from '#libs/validation/base-url.js';

/** What decides where the health of a target is asked. */
export interface ProbeAddress {
  /** null: the target is the application itself. */
  readonly environmentId: string | null;
  /** Of the application: an absolute URL, or a path. */
  readonly healthCheckUrl: string | null;
  /** Of the environment. */
  readonly baseDomain: string | null;
}

/**
 * Where to ask: the application at its absolute URL; an environment at its base domain with the path and query of
 * the application's. `undefined` when there is nothing to ask. What is malformed comes out malformed, for the probe
 * to say so.
 */
export function probeUrlOf({ environmentId, healthCheckUrl, baseDomain }: ProbeAddress): string | undefined {
  if (!healthCheckUrl) return undefined;
  if (environmentId === null) return isPath(healthCheckUrl) ? undefined : healthCheckUrl;
  if (!baseDomain) return undefined;
  const path = isPath(healthCheckUrl) ? healthCheckUrl : pathAndQuery(healthCheckUrl);
  return path === undefined ? healthCheckUrl : `${baseUrlOf(baseDomain).replace(/\/+$/, '')}${path}`;
}

function isPath(healthCheckUrl: string): boolean {
  return healthCheckUrl.startsWith('/');
}

function pathAndQuery(text: string): string | undefined {
  const url = parsedUrl(text);
  return url && `${url.pathname}${url.search}`;
}
