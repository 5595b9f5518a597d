import type { Endpoint } from '#libs/domain/endpoint.js';
import { jsonTextOf } from '#libs/json/exact-json.js';
import type { ReadingOptions } from '#libs/openapi/read-operations.js';
import { MEBIBYTE } from '#libs/units/bytes.js';
import { Failure } from '../failure.js';
import type { GlobalOptions } from '../global-options.js';
import type { RemovalOptions } from '../option-values.js';
import { Refused } from '../registry/answers.js';
import { asOperator } from '../registry/credentials.js';
import { RegistryClient, segment } from '../registry/registry-client.js';
import type { Environment } from '../registry/shapes.js';
import { Output } from '../terminal/output.js';
import { agreement, agrees, isInteractive } from '../terminal/prompts.js';
import { named } from './document-bytes.js';
import { headersFrom } from './header-values.js';
import {
  type DescribedEndpoints,
  describedEndpoints,
  readSources,
  skippedLine,
  USUAL_BATCH_BYTES,
  warningLine,
} from './read-sources.js';
import { RegisteringClient } from './registering-client.js';
import {
  definitionLines,
  operationWarnings,
  planLines,
  plannedChanges,
  type Registration,
} from './registration-plan.js';

/** The options of `import openapi`. */
export interface ImportOptions extends RemovalOptions {
  readonly environment: string;
  /** Registers with the admin key instead of the application's. */
  readonly asOperator: boolean;
  readonly setBaseDomain: boolean;
  /** Refuse documents with mistakes. */
  readonly strict: boolean;
  /** Folders, files and URLs that references of the document may lead to, besides its own. */
  readonly allowReference?: readonly string[];
  /** Header fields for the document's URL, each with the place of its value. */
  readonly header?: readonly string[];
  readonly server?: number | string;
  readonly serverVariable?: readonly (readonly [name: string, value: string])[];
  readonly includeTag?: readonly string[];
  readonly excludeTag?: readonly string[];
  readonly pathPrefix?: string;
  /** `shared` or `inline`; absent: shared when the batch would be too large otherwise. */
  readonly definitions?: string;
}

/** The response of `GET /endpoints`. */
interface Registered {
  readonly environment: Environment;
  readonly endpoints: readonly Endpoint[];
}

/**
 * Shows the changes of an import, asks for confirmation, and registers the endpoints.
 *
 * @throws Failure when a document cannot be used, or the registry refuses its endpoints
 */
export async function importOpenApi(
  sources: readonly string[],
  chosen: ImportOptions,
  options: GlobalOptions,
): Promise<void> {
  const { environment, dryRun, yes } = chosen;
  const output = new Output(options.json);
  const access = { allowed: chosen.allowReference ?? [], headers: await headersFrom(chosen.header ?? []) };
  const client = await RegisteringClient.connect(options, chosen.asOperator);
  const descriptions = await readSources(sources, access);
  const { answer: registered, tag } = await client.registry.read<Registered>('/endpoints', {
    app_key: options.appKey,
    environment,
    definitions: 'shared',
  });
  const { baseDomain } = registered.environment;
  const described = await describedEndpoints(descriptions, readingOptions(chosen, baseDomain));
  const { endpoints, definitions, skipped, documentsRead, proposedBaseDomain: proposed } = described;
  if (chosen.strict) refuseMistakes(described);
  if (chosen.setBaseDomain && proposed === undefined && baseDomain === null) {
    const names = sources.map(named).join(', ');
    throw new Failure(`${names} names no server with a host of its own to take a base domain from`);
  }

  const batch = { endpoints, ...(Object.keys(definitions).length > 0 && { definitions }) };
  const register = async (onlyPlan: boolean): Promise<Registration> =>
    client.register(environment, batch, { dryRun: onlyPlan, ifMatch: tag }).catch((error: unknown) => {
      throw explained(error, endpoints, Buffer.byteLength(jsonTextOf(batch)));
    });

  const planned = await register(true);
  const changes = plannedChanges(planned, registered.endpoints, endpoints);
  const warnings = [...described.warnings, ...operationWarnings(planned, endpoints)];
  const plan = {
    environment,
    ...planned,
    documentsRead,
    warnings,
    skipped,
    changes,
    baseDomain: { registered: baseDomain, proposed: proposed ?? null },
  };
  output.lines([
    ...documentsRead.map((name) => `read     ${name}`),
    ...warnings.map(warningLine),
    ...skipped.map(skippedLine),
    ...planLines(changes),
    planned.message,
    ...definitionLines(planned),
  ]);
  if (proposed !== undefined) output.say(proposal(proposed, baseDomain, chosen));
  if (dryRun === true) {
    output.finish({ ...plan, applied: false });
    return;
  }
  const isNews = changes.length > 0 || (planned.definitionChanges ?? []).length > 0;
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
  output.finish({
    ...plan,
    ...done,
    changes,
    warnings,
    applied: isNews,
    baseDomainSet: newBaseDomain !== undefined,
  });
}

function readingOptions(
  chosen: ImportOptions,
  baseDomain: string | null,
): ReadingOptions & { readonly sharesDefinitions: boolean | undefined } {
  const { server, serverVariable = [], includeTag = [], excludeTag = [], pathPrefix = '' } = chosen;
  return {
    baseDomain,
    ...(server !== undefined && { server }),
    variables: Object.fromEntries(serverVariable),
    includeTags: includeTag,
    excludeTags: excludeTag,
    pathPrefix,
    sharesDefinitions: chosen.definitions === undefined ? undefined : chosen.definitions === 'shared',
  };
}

/** @throws Failure that names every mistake */
function refuseMistakes({ warnings, skipped }: DescribedEndpoints): void {
  const lost = skipped.filter(({ reason }) => reason === 'mistake' || reason === 'no-method');
  const lines = [...warnings.map(warningLine), ...lost.map(skippedLine)];
  if (lines.length > 0) throw new Failure(['--strict refuses documents with mistakes:', ...lines]);
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

/** Names the operation of a mistake: an index such as 31 does not help the reader. */
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

/** A registry may close the connection before its client has read the refusal of a large body. */
function tooLarge(count: number, bytes: number): string {
  const size = (bytes / MEBIBYTE).toFixed(1);
  return `The batch of ${count} endpoints takes ${size} MiB: a registry takes 10 MiB unless BATCH_MAX_BYTES says otherwise.`;
}
