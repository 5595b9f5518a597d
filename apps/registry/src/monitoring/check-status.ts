/** Results of a health check; docs/health-checks.md says what each means. */
export const CHECK_STATUSES = ['SUCCESS', 'FAILURE', 'ERROR'] as const;

export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** A result in queries and answers, as clients of other registries write it. */
export type CheckWord = Lowercase<CheckStatus>;

export function checkWordOf(status: CheckStatus): CheckWord {
  return status.toLowerCase() as CheckWord;
}

export function checkStatusOf(word: CheckWord): CheckStatus {
  return word.toUpperCase() as CheckStatus;
}

export const CHECK_WORDS = CHECK_STATUSES.map(checkWordOf);
