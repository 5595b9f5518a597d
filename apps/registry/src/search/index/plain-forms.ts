/** Names and paths are compared up to this length. */
const MAX_LENGTH = 2_000;

/** How names are compared: whatever their case and spaces. */
export function plainName(name: string): string {
  return name.slice(0, MAX_LENGTH).trim().replace(/\s+/g, ' ').toLowerCase();
}

/** How paths are compared: whatever their case, the names of their variables, and the slash at their end. */
export function plainPath(path: string): string {
  const [before = ''] = path.slice(0, MAX_LENGTH).split('?', 1);
  const segments = before
    .toLowerCase()
    .replace(/\{[^{}/]*\}|<[^<>/]*>/g, '{}')
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '{}' : segment));
  if (segments.at(-1) === '') segments.pop();
  const joined = segments.join('/');
  return joined.startsWith('/') ? joined : `/${joined}`;
}

/** 32 bits of FNV-1a; a hash alone proves nothing. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
