/**
 * Reads a URL, relative to another one if given; `undefined` when it is malformed.
 *
 * Not with `URL.canParse`: once Node 20 has optimised a call of it, it takes `https://münchen.example` for malformed.
 */
export function parsedUrl(text: string, base?: string): URL | undefined {
  try {
    return base === undefined ? new URL(text) : new URL(text, base);
  } catch {
    return undefined;
  }
}
