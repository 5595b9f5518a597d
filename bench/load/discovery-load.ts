import { APP_KEYS } from '#dev/seed/large-data-set.js';
import type { Load } from './http-load.js';

/** Connections on which agents ask. */
const CONNECTIONS = 32;

/** `GET /endpoints` of the production of many applications. */
export interface DiscoveryLoad {
  /** Of all applications when left out. */
  readonly appKeys?: readonly string[];
  readonly headersFor?: (appKey: string) => Readonly<Record<string, string>>;
  /** 200 when left out. */
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
