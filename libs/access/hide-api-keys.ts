/** An API key the registry made, in its public and its secret part. */
const API_KEY = /(mcp_[0-9a-f]{16}_)[A-Za-z0-9_-]+/g;

/** What stands where a secret stood. */
export const HIDDEN = '(hidden)';

/** The text without the secret part of any API key in it. */
export function hideApiKeys(text: string): string {
  return text.replace(API_KEY, `$1${HIDDEN}`);
}
