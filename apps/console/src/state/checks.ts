import { api } from '../api/client.js';
import type { components } from '../api/schema.js';
import { took } from '../ui/format.js';
import { refreshOverview } from './registry.js';

export type TargetCheck = components['schemas']['TargetCheckResponse'];

/** Probes all targets of an application now, with the same consequences as the schedule. @throws Problem */
export async function probeNow(appKey: string): Promise<readonly TargetCheck[]> {
  const { data } = await api.POST('/health-check/applications/{app_id}/check', {
    params: { path: { app_id: appKey } },
  });
  void refreshOverview();
  return data?.checks ?? [];
}

/** What a check found. */
export function outcomeOf(
  check: Pick<TargetCheck, 'status' | 'statusCode' | 'responseTime' | 'message'>,
): string {
  const { status, statusCode, responseTime, message } = check;
  const code = statusCode === null ? '' : `HTTP ${statusCode}`;
  return [status, code, responseTime === null ? '' : took(responseTime), message ?? '']
    .filter((part) => part !== '')
    .join(' · ');
}

/** Why the status of an environment is what it is: its latest check, or why there is none. @throws Problem */
export async function reasonOfStatus(appKey: string, name: string): Promise<string> {
  const { data: application } = await api.GET('/applications/{app_key}', {
    params: { path: { app_key: appKey } },
  });
  const environment = application?.environments.find((each) => each.name === name);
  if (application === undefined || environment === undefined) return 'It is gone.';
  const { data: logs = [] } = await api.GET('/health-check/applications/{app_id}/logs', {
    params: { path: { app_id: appKey }, query: { environment_id: environment.id, limit: 1 } },
  });
  const [latest] = logs;
  if (latest !== undefined) return outcomeOf(latest);
  const { healthCheckUrl, status } = application;
  if (status === 'INACTIVE' || environment.status === 'INACTIVE') return 'It is inactive and not probed.';
  if (healthCheckUrl === null) return 'The application has no health URL: set one in its settings.';
  if (healthCheckUrl.startsWith('/') && environment.baseDomain === null) {
    return 'The environment has no base domain that the health path could be below: set one in the settings.';
  }
  return 'It waits for its first check.';
}
