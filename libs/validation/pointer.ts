/**
 * The JSON pointer of a property below another one: the token escaped (RFC 6901 section 3) and
 * percent-encoded for use in a URI fragment (section 6).
 */
export function childPointer(parent: string, property: string): string {
  const token = property.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1');
  return `${parent}/${encodeURIComponent(token)}`;
}
