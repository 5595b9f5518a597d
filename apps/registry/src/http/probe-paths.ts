/** Asked by Kubernetes and monitors, again and again and by address. */
const PROBE_PATHS: ReadonlySet<string> = new Set(['/health', '/health/live', '/health/ready']);

/** Whether a route reports the health of the registry. */
export function isProbe(route: string | undefined, basePath: string): boolean {
  return route !== undefined && PROBE_PATHS.has(route.slice(basePath.length));
}
