export const PATH_TEMPLATE_RULE = 'a path such as /orders/{orderId}';

/** Some clients leave the leading slash out. */
export function withLeadingSlash(path: string): string {
  return /^(?:$|\/|[a-z][a-z0-9+.-]*:\/\/)/i.test(path) ? path : `/${path}`;
}

/** Whether a text can be the path of an operation: no host, no control characters, no unclosed braces. */
export function isPathTemplate(path: string): boolean {
  // eslint-disable-next-line no-control-regex
  return /^\/(?!\/)(?:[^{}\u0000-\u001F\u007F]|\{[^{}\u0000-\u001F\u007F]+\})*$/.test(path);
}

/** The path with its parameters without their names: equal for paths that differ only in these. */
export function withoutParameterNames(path: string): string {
  return path.replaceAll(/\{[^{}]+\}/g, '{}');
}
