import { jsonTextOf } from '#libs/json/exact-json.js';
import type { Endpoint } from '#libs/openapi/endpoint.js';
import { endpointsOf } from '#libs/openapi/endpoints-of.js';
import { Failure } from '../failure.js';
import type { GlobalOptions } from '../global-options.js';
import type { RemovalOptions } from '../option-values.js';
import { proposedBaseDomain } from './base-domain.js';
import { named } from './document-text.js';
import { readDocument, usable } from './read-document.js';
import { plannedChanges, planLines, type Registration } from './registration-plan.js';
import { Refused } from '../registry/answers.js';
import { asApplication, asOperator } from '../registry/credentials.js';
import { RegistryClient, segment } from '../registry/registry-client.js';
import type { Environment } from '../registry/shapes.js';
import { Output } from '../terminal/output.js';
import { agreement, agrees, isInteractive } from '../terminal/prompts.js';

/** What `import openapi` can be told. */
export interface ImportOptions extends RemovalOptions {
  readonly environment: string;
  readonly setBaseDomain: boolean;
  /** Folders, files and URLs that references of the document may lead to, beside its own. */
  readonly allowReference?: readonly string[];
}

/** What `GET /endpoints` answers. */
interface Registered {
  readonly environment: Environment;
  readonly endpoints: readonly Endpoint[];
}

const MEBIBYTE = 1024 * 1024;
const USUAL_BATCH_BYTES = 10 * MEBIBYTE;

/**
 * Shows what a document would change in what is registered, asks, and registers it.
 *
 * @throws Failure when it cannot be used, or the registry refuses it
 */
export async function importOpenApi(
  source: string,
  chosen: ImportOptions,
  options: GlobalOptions,
): Promise<void> {
  const { environment, dryRun, yes, allowReference = [] } = chosen;
  const output = new Output(options.json);
  const application = await RegistryClient.connect(options, asApplication);
  const { document, others } = await readDocument(source, allowReference);
  const registered = await application.get<Registered>('/endpoints', {
    app_key: options.appKey,
    environment,
  });
  const { baseDomain } = registered.environment;
  const endpoints = await usable(source, () => endpointsOf(document, { baseDomain }));
  if (endpoints.length === 0) throw new Failure(`${named(source)} describes no operation`);
  const proposed = await usable(source, () => proposedBaseDomain(document, baseDomain));
  if (chosen.setBaseDomain && proposed === undefined && baseDomain === null) {
    throw new Failure(`${named(source)} names no server with a host of its own to take a base domain from`);
  }

  const batch = { app_key: options.appKey, environment, endpoints };
  const register = async (onlyPlan: boolean): Promise<Registration> =>
    application
      .post<Registration>('/register/endpoints', batch, { dryRun: onlyPlan })
      .catch((error: unknown) => {
        throw explained(error, endpoints, Buffer.byteLength(jsonTextOf(batch)));
      });

  const planned = await register(true);
  const changes = plannedChanges(planned, registered.endpoints, endpoints);
  const plan = {
    environment,
    ...planned,
    documentsRead: others,
    changes,
    baseDomain: { registered: baseDomain, proposed: proposed ?? null },
  };
  output.lines([...others.map((name) => `read     ${name}`), ...planLines(changes), planned.message]);
  if (proposed !== undefined) output.say(proposal(proposed, baseDomain, chosen));
  if (dryRun === true) {
    output.finish({ ...plan, applied: false });
    return;
  }
  const isNews = changes.length > 0;
  if (isNews) {
    await agreement(`Register ${endpoints.length} endpoints of ${options.appKey} in ${environment}?`, {
      yes,
    });
  }
  const newBaseDomain = (await isBaseDomainWanted(proposed, chosen)) ? proposed : undefined;
  if (newBaseDomain !== undefined) await setBaseDomain(newBaseDomain, environment, options);
  const done = isNews ? await register(false) : planned;
  if (isNews) output.lines([done.message]);
  if (newBaseDomain !== undefined)
    output.lines([`The base domain of ${environment} is ${newBaseDomain} now.`]);
  output.finish({ ...plan, ...done, changes, applied: isNews, baseDomainSet: newBaseDomain !== undefined });
}

async function isBaseDomainWanted(
  proposed: string | undefined,
  { setBaseDomain, yes }: ImportOptions,
): Promise<boolean> {
  if (proposed === undefined) return false;
  if (setBaseDomain || yes === true || !isInteractive()) return setBaseDomain;
  return agrees(`Set the base domain to ${proposed}?`);
}

async function setBaseDomain(baseDomain: string, environment: string, options: GlobalOptions): Promise<void> {
  const operator = await RegistryClient.connect(options, asOperator);
  const { appKey = '' } = options;
  await operator.put(`/applications/${segment(appKey)}/environments/${segment(environment)}`, { baseDomain });
}

function proposal(proposed: string, registered: string | null, { setBaseDomain }: ImportOptions): string {
  const now = registered === null ? 'none is registered' : `registered is ${registered}`;
  const how = setBaseDomain ? '' : ' --set-base-domain sets it.';
  return `The document's base domain is ${proposed}; ${now}.${how}`;
}

/** Says which operation a mistake is about: nobody counts to the 31st endpoint. */
function explained(error: unknown, endpoints: readonly Endpoint[], bytes: number): unknown {
  if (!(error instanceof Refused)) {
    return error instanceof Failure && bytes > USUAL_BATCH_BYTES
      ? new Failure(`${error.message}. ${tooLarge(endpoints.length, bytes)}`)
      : error;
  }
  if (error.mistakes.length === 0) return error;
  const lines = error.mistakes.map(({ pointer, detail }) => {
    const [, index, rest = ''] = /^#\/endpoints\/(\d+)\/?(.*)/.exec(pointer) ?? [];
    const endpoint = index === undefined ? undefined : endpoints[Number(index)];
    return endpoint === undefined
      ? `${pointer} ${detail}`
      : `${[endpoint.method, endpoint.path, rest].join(' ').trim()} ${detail}`;
  });
  return new Failure(["The registry refuses the document's endpoints:", ...lines.map((line) => `  ${line}`)]);
}

/** A registry that is sent too much may end the connection before anybody hears its answer. */
function tooLarge(count: number, bytes: number): string {
  const size = (bytes / MEBIBYTE).toFixed(1);
  return `The batch of ${count} endpoints takes ${size} MiB: a registry takes 10 MiB unless BATCH_MAX_BYTES says otherwise.`;
}
