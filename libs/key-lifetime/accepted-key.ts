/** The condition that a row of "ApiKey" was not revoked and has not expired; its environment and application may be inactive. */
export const ACCEPTED_KEY = `"isActive" AND ("expiresAt" IS NULL OR "expiresAt" > now())`;
