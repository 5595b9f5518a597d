import { baseUrlOf } from '#libs/validation/base-url.js';
import { parsedUrl } from '#libs/validation/parsed-url.js';

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
 * The URL to probe: the absolute URL of the application; for an environment its base domain with path and query of
 * the application's URL. `undefined` without one. Malformed URLs stay malformed, so that the check reports them.
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
