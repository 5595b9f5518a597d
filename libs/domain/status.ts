/** Whether an application or environment may be used: the API keys of an INACTIVE one are refused. */
export const STATUSES = ['ACTIVE', 'INACTIVE'] as const;
export type Status = (typeof STATUSES)[number];

/** Health as probes have found it; UNKNOWN before the first probe and after a check that could not be made. */
export const HEALTH_STATUSES = ['UNKNOWN', 'ACTIVE', 'INACTIVE'] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];
