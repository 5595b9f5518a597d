import { parseBoundedJson } from '#libs/json/bounded-json.js';
import { Failure } from '../failure.js';

/** The fields of a problem document (RFC 9457) that messages show. */
interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly requestId?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** The registry answered 412. */
const CHANGED_MEANWHILE = 'What was shown has changed meanwhile: look again.';

/** The registry answered 404. */
export class NotFound extends Failure {}

/** The registry refused the request. */
export class Refused extends Failure {
  /** @param mistakes the errors of the input, with their places in the request */
  constructor(
    message: string | readonly string[],
    readonly mistakes: NonNullable<Problem['errors']>,
  ) {
    super(message);
  }
}

/** @throws Failure when the status is not 2xx: one line that says why, or one for each mistake */
export async function acceptedAnswer(response: Response): Promise<Response> {
  if (response.ok) return response;
  if (response.status >= 300 && response.status < 400) throw new Failure(redirection(response));
  const problem = await problemIn(response);
  if (problem !== undefined && response.status === 412) throw new Refused(CHANGED_MEANWHILE, []);
  if (problem === undefined) throw new Failure(strangeness(response));
  const message = refusal(response, problem);
  throw response.status === 404 ? new NotFound(message) : new Refused(message, problem.errors ?? []);
}

/** @throws Failure when the body is not JSON: another server answered */
export async function jsonOf<Answer>(response: Response): Promise<Answer> {
  if (!mediaType(response).endsWith('json')) throw new Failure(strangeness(response));
  const text = await textOf(response);
  try {
    return parseBoundedJson(text) as Answer;
  } catch {
    throw new Failure(strangeness(response));
  }
}

/** The seconds of `Retry-After` (RFC 9110, section 10.2.3); undefined when it is absent or a date. */
export function secondsToWait(response: Response): number | undefined {
  const value = response.headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}

function refusal(
  response: Response,
  { title = 'Refused', detail, errors = [], requestId }: Problem,
): string | string[] {
  if (errors.length > 0) return [title, ...errors.map((error) => `  ${error.pointer} ${error.detail}`)];
  const seconds = secondsToWait(response);
  const told = seconds === undefined || detail?.includes('Try again') === true;
  const later = told ? undefined : `Try again in ${seconds} s.`;
  const why = [detail, later].filter((sentence) => sentence !== undefined).join(' ');
  const reference = response.status >= 500 && requestId !== undefined ? ` (request ${requestId})` : '';
  return `${title}${why === '' ? '' : `: ${why}`}${reference}`;
}

function redirection(response: Response): string {
  const location = response.headers.get('location');
  const target = location === null ? 'elsewhere' : new URL(location, response.url).href;
  return `${response.url} redirects to ${target}: keys are sent nowhere else than to --url, so name the registry itself there.`;
}

/** Never with the body: an unknown server might echo the credentials. */
function strangeness(response: Response): string {
  const type = mediaType(response);
  const what = `${response.status} with ${type === '' ? 'no content type' : type}`;
  return `${response.url} answered ${what}, not as a registry does: is --url right, its base path included?`;
}

async function problemIn(response: Response): Promise<Problem | undefined> {
  if (mediaType(response) !== 'application/problem+json') return undefined;
  try {
    return parseBoundedJson(await textOf(response)) as Problem;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function textOf(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch {
    throw new Failure(`${response.url}: the connection broke before the answer was complete`);
  }
}

function mediaType(response: Response): string {
  return (response.headers.get('content-type') ?? '').replace(/;.*/s, '').trim().toLowerCase();
}
