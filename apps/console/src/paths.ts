import { CONSOLE_PATH } from './base-path.js';

/** Where an application, or one of its environments, is shown. */
export function pathOf(appKey: string, environment?: string): string {
  const below = environment === undefined ? '' : `/${encodeURIComponent(environment)}`;
  return `${CONSOLE_PATH}/apps/${encodeURIComponent(appKey)}${below}`;
}
