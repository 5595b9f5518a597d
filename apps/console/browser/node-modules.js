/** What the OpenAPI reader takes from Node.js, as a browser has it. */

export function isUtf8(bytes) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Browsers refuse invalid Punycode when they read a URL: what is asked about here is valid. */
export function domainToUnicode() {
  return '\u00FC';
}

/** In the place of swagger2openapi, which reads files and URLs. */
export function convertObj() {
  return Promise.reject(new Error('the command line reads it (mcp-registry import openapi)'));
}
