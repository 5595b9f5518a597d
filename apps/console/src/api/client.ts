import createClient, { type Middleware } from 'openapi-fetch';
import { BASE_PATH } from '../base-path.js';
import { Problem } from './problem.js';
import type { paths } from './schema.js';

/** Called when the registry does not accept the session any more. */
type SignedOutListener = () => void;

let onSignedOut: SignedOutListener = () => undefined;

/** Replaces the listener for sessions that ended. */
export function whenSignedOut(listener: SignedOutListener): void {
  onSignedOut = listener;
}

/** Header, refusals and the end of the session, for every request: the one place for them. */
const registry: Middleware = {
  onRequest({ request }) {
    // A session counts only in requests with it.
    request.headers.set('X-Registry-Console', '1');
    return request;
  },
  async onResponse({ response }) {
    if (response.ok || response.status === 304) return;
    const problem = await Problem.of(response);
    if (problem.status === 401) onSignedOut();
    throw problem;
  },
  onError() {
    return Problem.unreachable();
  },
};

/**
 * The registry's API with the types of `openapi.json`. Every refusal is thrown as a {@link Problem}: `data` of an answer is
 * what the document describes.
 */
export const api = createClient<paths, 'application/json'>({ baseUrl: BASE_PATH });
api.use(registry);
