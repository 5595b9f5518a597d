import { stemOf } from '#libs/text-search/stem.js';
import { isStopWord } from '#libs/text-search/stop-words.js';
import { wordsOf } from '#libs/text-search/words.js';
import { actionsOfOperation, actionsOfVerb } from './actions.js';
import type { Field } from './fields.js';
import type { IndexedEndpoint, IndexedEnvironment } from './indexed-environment.js';

/** How many words of each field are indexed: a longer text says no more about what an endpoint is for. */
const MAX_WORDS: Readonly<Record<Field, number>> = {
  name: 60,
  operationId: 30,
  resource: 30,
  path: 60,
  tags: 60,
  keywords: 300,
  description: 80,
  parameters: 200,
  body: 300,
  application: 40,
  applicationDescription: 100,
};

/** The verb is among so many words of a name: `drive.files.list`. */
const WORDS_WITH_VERB = 3;

const VARIABLE = /\{[^{}]*\}?/g;
const FILE_EXTENSION = /\.(?:json|xml)$/i;
const VERSION = /^v\d+|^\d+$/;
const MARKUP = /<[^<>]{0,200}>|\]\([^()]{0,500}\)/g;

/** The stems of an endpoint's fields, in their order. */
export function stemsOf(
  environment: IndexedEnvironment,
  endpoint: IndexedEndpoint,
): Readonly<Record<Field, readonly string[]>> {
  const { path, resource, query } = partsOf(endpoint.path);
  return {
    name: stems('name', endpoint.name),
    operationId: stems('operationId', endpoint.operationId ?? ''),
    resource: stems('resource', resource),
    path: stems('path', path),
    tags: stems('tags', endpoint.tags.join(' ')),
    keywords: stems('keywords', endpoint.keywords.join(' ')),
    description: stems('description', (endpoint.description ?? '').slice(0, 10_000).replace(MARKUP, ' ')),
    parameters: stems('parameters', [...endpoint.parameters, query].join(' ')),
    body: stems('body', endpoint.bodyProperties.join(' ')),
    application: stems('application', `${environment.applicationKey} ${environment.applicationName}`),
    applicationDescription: stems('applicationDescription', environment.applicationDescription ?? ''),
  };
}

/** What the endpoint does, as bits of `Action`. */
export function actionsOf({ method, path, name, operationId }: IndexedEndpoint): number {
  const words = [name, operationId ?? ''].flatMap((text) => wordsOf(text, WORDS_WITH_VERB));
  const verb = words.find((word) => actionsOfVerb(word) !== 0);
  return actionsOfOperation(method, path, verb);
}

function stems(field: Field, text: string): string[] {
  return wordsOf(text, MAX_WORDS[field]).flatMap((word) => (isStopWord(word) ? [] : [stemOf(word)]));
}

/** A path without its variables: its last segment that says what it is about, those before it, and what follows `?`. */
function partsOf(whole: string): {
  readonly resource: string;
  readonly path: string;
  readonly query: string;
} {
  const at = whole.indexOf('?');
  const query = at < 0 ? '' : whole.slice(at);
  const segments = (at < 0 ? whole : whole.slice(0, at))
    .replace(VARIABLE, '')
    .replace(FILE_EXTENSION, '')
    .split('/')
    .filter((segment) => /\p{L}/u.test(segment) && !VERSION.test(segment));
  const last = segments.at(-1) ?? '';
  const count = actionsOfVerb(last.toLowerCase()) === 0 ? 1 : 2;
  return { resource: segments.slice(-count).join(' '), path: segments.slice(0, -count).join(' '), query };
}
