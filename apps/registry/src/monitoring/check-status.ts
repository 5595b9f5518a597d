/** Results of a health check; docs/health-checks.md says what each means. */
export const CHECK_STATUSES = ['SUCCESS', 'FAILURE', 'ERROR'] as const;

export type CheckStatus = (typeof CHECK_STATUSES)[number];
