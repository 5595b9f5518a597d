/** What a health check can come to; the README says what each means. */
export const CHECK_STATUSES = ['SUCCESS', 'FAILURE', 'ERROR'] as const;

export type CheckStatus = (typeof CHECK_STATUSES)[number];
