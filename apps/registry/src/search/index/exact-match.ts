import { ENDPOINT_METHODS } from '#libs/domain/endpoint.js';
import { type ContentEndpoint, HASHES_PER_ENDPOINT } from './content.js';
import { hashOf, plainName, plainPath } from './plain-forms.js';
import type { Scope } from './scope.js';

/** Longer questions are cut. */
const MAX_LENGTH = 2_000;
/** A path of the registry that is shorter is the end of too many others. */
const MIN_PATH_END = 6;

/** A question that is a name, an operation id, a path or a part of one. */
interface ExactQuestion {
  /** As it was asked, also without the method. */
  readonly verbatim: readonly string[];
  readonly name: string;
  readonly method: string | undefined;
  /** Only of texts that look like a path. */
  readonly path: string | undefined;
}

/** How a question names a document. */
export const Exactness = {
  /** It is in the path, or ends with it: the question may have the path of the server in front. */
  part: 1,
  /** It is the name, the operation id, the path, or method and path. */
  whole: 2,
  /** It is that letter by letter, with the same case and the same names of variables. */
  verbatim: 3,
};

/** The documents that the question names, with their `Exactness`; looks at every endpoint of the scope, in slices. */
export async function exactMatches(question: string, scope: Scope): Promise<ReadonlyMap<number, number>> {
  const asked = exactQuestionOf(question);
  const nameHash = hashOf(asked.name);
  const matches = new Map<number, number>();
  if (asked.name === '') return matches;
  for (const { content, base } of scope.contents) {
    const pause = scope.slices.pause();
    if (pause !== undefined) await pause;
    const { exactHashes, endpoints } = content;
    for (let index = 0, at = 0; index < endpoints.length; index += 1, at += HASHES_PER_ENDPOINT) {
      const hasHash = exactHashes[at] === nameHash || exactHashes[at + 1] === nameHash;
      if (!hasHash && asked.path === undefined) continue;
      const endpoint = endpoints[index];
      const exactness = endpoint === undefined ? 0 : exactnessOf(asked, endpoint);
      if (exactness > 0) matches.set(base + index, exactness);
    }
  }
  return matches;
}

function exactnessOf(asked: ExactQuestion, endpoint: ContentEndpoint): number {
  const { name, operationId, path, plainPath: plain, method } = endpoint;
  const isNamed = [name, operationId ?? ''].some((text) => plainName(text) === asked.name);
  const isOfMethod = asked.method === undefined || asked.method === method;
  const isPath = asked.path !== undefined && isOfMethod && plain === asked.path;
  if (isNamed || isPath) {
    const texts = isPath ? [path] : [name, operationId ?? ''];
    return texts.some((text) => asked.verbatim.includes(text)) ? Exactness.verbatim : Exactness.whole;
  }
  return asked.path !== undefined && isOfMethod && isPart(asked.path, plain) ? Exactness.part : 0;
}

function exactQuestionOf(whole: string): ExactQuestion {
  const question = whole.slice(0, MAX_LENGTH);
  const name = plainName(question);
  const [first = '', second, ...more] = name.split(' ');
  const method = ENDPOINT_METHODS.find((known) => known.toLowerCase() === first);
  const path = more.length > 0 ? undefined : method === undefined && second === undefined ? first : second;
  const isPath =
    path?.includes('/') === true && path.length > 2 && (method !== undefined || second === undefined);
  const text = question.trim();
  return {
    verbatim: [text, text.slice(text.indexOf(' ') + 1).trim()],
    name,
    method: isPath ? method : undefined,
    path: isPath ? plainPath(path) : undefined,
  };
}

function isPart(asked: string, path: string): boolean {
  if (`${path}/`.includes(`${asked}/`)) return true;
  if (path.length < MIN_PATH_END || !asked.endsWith(path)) return false;
  // What comes before is the path of a server only if it has no variables.
  return !asked.slice(0, -path.length).includes('{');
}
