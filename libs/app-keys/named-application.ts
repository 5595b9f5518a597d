/** The condition that an alias has not expired. */
export const LIVING_ALIAS = `"expiresAt" > statement_timestamp()`;

/**
 * The id of the application that the app key in this parameter names: the one that has it, otherwise the one that had it
 * before and keeps it as an alias; NULL when there is none. Evaluated once, before the statement looks for a row: one that a
 * rename has locked is still found when that ends.
 */
export const namedApplication = (parameter: string): string => `coalesce(
  (SELECT "id" FROM "Application" WHERE "appKey" = ${parameter}),
  (SELECT "applicationId" FROM "AppKeyAlias" WHERE "appKey" = ${parameter} AND ${LIVING_ALIAS}))`;
