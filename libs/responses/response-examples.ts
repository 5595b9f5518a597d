/** Values the OpenAPI document shows in responses. */
export const TIME_EXAMPLE = '2026-11-22T08:00:00.000Z';
export const STATUSES = ['ACTIVE', 'INACTIVE'];
export const HEALTH_STATUSES = ['UNKNOWN', 'ACTIVE', 'INACTIVE'];
