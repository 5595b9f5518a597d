import type { Endpoint } from './endpoints-of.js';

/** Where the registry is and who calls it. */
export interface Registry {
  readonly url: string;
  readonly appKey: string;
  readonly apiKey: string;
}

/** The registry's answer to a batch; `changes` only comes with a dry run. */
export interface Registration {
  readonly message: string;
  readonly changes?: readonly {
    readonly change: string;
    readonly method: string;
    readonly path: string;
    readonly fields?: readonly string[];
  }[];
}

/** The part of a problem document (RFC 9457) that people read. */
interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** The registry refused the batch or could not be asked. The message is for people, one line a mistake. */
export class RegistrationFailed extends Error {
  override readonly name = 'RegistrationFailed';
}

/** Makes the endpoints the registered set of the environment or, in a dry run, asks what that would change. */
export async function register(
  { url, appKey, apiKey }: Registry,
  endpoints: readonly Endpoint[],
  { environment, dryRun }: { environment: string; dryRun: boolean },
): Promise<Registration> {
  const response = await fetch(`${url.replace(/\/+$/, '')}/register/endpoints?dryRun=${dryRun}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-App-Key': appKey, 'X-API-Key': apiKey },
    body: JSON.stringify({ app_key: appKey, environment, endpoints }),
  }).catch((error: unknown) => {
    const { message, cause } = error as { message: string; cause?: { message?: string } };
    throw new RegistrationFailed(`${url} cannot be asked: ${cause?.message ?? message}`);
  });
  const answer = await response.text();
  if (response.ok) return JSON.parse(answer) as Registration;
  throw new RegistrationFailed(`${url} answered ${response.status}: ${explained(answer, endpoints)}`);
}

function explained(answer: string, endpoints: readonly Endpoint[]): string {
  let problem: Problem;
  try {
    problem = JSON.parse(answer) as Problem;
  } catch {
    return answer.slice(0, 200);
  }
  const mistakes = problem.errors?.map(
    ({ pointer, detail }) => `\n  ${located(pointer, endpoints)} ${detail}`,
  );
  return mistakes === undefined
    ? `${problem.title ?? ''}. ${problem.detail ?? ''}`
    : `${problem.title ?? ''}${mistakes.join('')}`;
}

/** Says which operation a pointer into the batch is about: nobody counts to the 31st endpoint. */
function located(pointer: string, endpoints: readonly Endpoint[]): string {
  const index = /^#\/endpoints\/(\d+)/.exec(pointer)?.[1];
  const endpoint = index === undefined ? undefined : endpoints[Number(index)];
  return endpoint === undefined ? pointer : `${endpoint.method} ${endpoint.path} (${pointer})`;
}
