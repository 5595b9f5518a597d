/** The URL a base domain stands for: `https` unless it carries a scheme. */
export function baseUrlOf(baseDomain: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(baseDomain) ? baseDomain : `https://${baseDomain}`;
}
