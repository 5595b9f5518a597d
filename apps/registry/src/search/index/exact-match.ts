import { ENDPOINT_METHODS } from '#libs/domain/endpoint.js';
import { HASHES_PER_ENDPOINT } from './content.js';
import type { Scope } from './scope.js';

/** Names and paths are compared up to this length. */
const MAX_LENGTH = 2_000;
/** A path of the registry that is shorter is the end of too many others. */
const MIN_PATH_END = 6;

/** A question that is a name, an operation id, a path or a part of one. */
interface ExactQuestion {
  readonly name: string;
  readonly method: string | undefined;
  /** Only of texts that look like a path. */
  readonly path: string | undefined;
}

/** Documents of the scope that the question names. */
export interface ExactMatches {
  /** Whose name, operation id, path, or method and path it is. */
  readonly whole: ReadonlySet<number>;
  /** Whose path contains it, or ends it: the question may have the path of the server in front. */
  readonly part: ReadonlySet<number>;
}

/** Looks at every endpoint of the scope, in slices. */
export async function exactMatches(question: string, scope: Scope): Promise<ExactMatches> {
  const asked = exactQuestionOf(question);
  const nameHash = hashOf(asked.name);
  const whole = new Set<number>();
  if (asked.name === '') return { whole, part: whole };
  const part = new Set<number>();
  for (const { content, base } of scope.contents) {
    const pause = scope.slices.pause();
    if (pause !== undefined) await pause;
    const { exactHashes, endpoints } = content;
    for (let index = 0, at = 0; index < endpoints.length; index += 1, at += HASHES_PER_ENDPOINT) {
      const isNamed = exactHashes[at] === nameHash || exactHashes[at + 1] === nameHash;
      if (!isNamed && asked.path === undefined) continue;
      const endpoint = endpoints[index];
      if (endpoint === undefined) continue;
      const { name, operationId, plainPath: path, method } = endpoint;
      if (isNamed && [name, operationId ?? ''].some((text) => plainName(text) === asked.name)) {
        whole.add(base + index);
      }
      if (asked.path === undefined || (asked.method !== undefined && asked.method !== method)) continue;
      if (path === asked.path) whole.add(base + index);
      else if (isPart(asked.path, path)) part.add(base + index);
    }
  }
  return { whole, part };
}

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

function exactQuestionOf(question: string): ExactQuestion {
  const name = plainName(question);
  const [first = '', second, ...more] = name.split(' ');
  const method = ENDPOINT_METHODS.find((known) => known.toLowerCase() === first);
  const path = more.length > 0 ? undefined : method === undefined && second === undefined ? first : second;
  const isPath =
    path?.includes('/') === true && path.length > 2 && (method !== undefined || second === undefined);
  return { name, method: isPath ? method : undefined, path: isPath ? plainPath(path) : undefined };
}

function isPart(asked: string, path: string): boolean {
  return `${path}/`.includes(`${asked}/`) || (path.length >= MIN_PATH_END && asked.endsWith(path));
}
