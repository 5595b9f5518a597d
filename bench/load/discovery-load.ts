import { APP_KEYS } from '#dev/seed/large-data-set.js';
import type { Load } from './http-load.js';

/** Connections of the agents. */
const CONNECTIONS = 32;

/** `GET /endpoints` for the production environments of many applications. */
export interface DiscoveryLoad {
  /** Absent: all applications. */
  readonly appKeys?: readonly string[];
  readonly headersFor?: (appKey: string) => Readonly<Record<string, string>>;
  /** Expected status; absent: 200. */
  readonly status?: number;
}

export function discoveryLoad(
  url: string,
  { appKeys = APP_KEYS, headersFor, status = 200 }: DiscoveryLoad = {},
): Load {
  const requests = appKeys.map((appKey) => ({
    path: `/endpoints?app_key=${appKey}`,
    headers: headersFor?.(appKey),
  }));
  return { url, connections: CONNECTIONS, requests, status };
}
