import { parseArgs } from 'node:util';
import { type Endpoint, endpointsOf } from './endpoints-of.js';
import { OpenApiDocument, UnusableDocument } from './openapi-document.js';
import { register, type Registration, RegistrationFailed, type Registry } from './registry-client.js';

const USAGE = `Usage: node dist/examples/openapi/register-openapi.js [options] <openapi.yaml> ...

Registers every operation of OpenAPI 3.x descriptions (YAML or JSON) as the endpoints of one environment.
The registered set becomes exactly these operations: what is missing from the descriptions is deleted.

Options
  --dry-run              say what would change and write nothing
  --environment <name>   the environment to register in (production)
  --url <url>            the registry (MCP_REGISTRY_URL, or http://localhost:8000)
  --help                 show this text

Environment
  MCP_REGISTRY_APP_KEY   app key of the application
  MCP_REGISTRY_API_KEY   its API key, of the environment meant

Exit codes: 0 done; 1 the registry refused or did not answer; 2 wrong call; 3 a description cannot be used
`;

/** The call is wrong: options, files or keys are missing. */
class WrongCall extends Error {
  override readonly name = 'WrongCall';
}

interface Call {
  readonly files: readonly string[];
  readonly registry: Registry;
  readonly environment: string;
  readonly dryRun: boolean;
}

try {
  process.exitCode = await main();
} catch (error) {
  const { message } = error as Error;
  if (error instanceof WrongCall) process.exitCode = fail(2, `${message}\n\n${USAGE}`);
  else if (error instanceof UnusableDocument) process.exitCode = fail(3, `${message}\n`);
  else if (error instanceof RegistrationFailed) process.exitCode = fail(1, `${message}\n`);
  else throw error;
}

async function main(): Promise<number> {
  const call = readCall();
  if (call === undefined) {
    process.stdout.write(USAGE);
    return 0;
  }
  const endpoints: Endpoint[] = [];
  for (const file of call.files) endpoints.push(...(await endpointsIn(file)));
  process.stdout.write(answerText(await register(call.registry, endpoints, call)));
  return 0;
}

/** Keys come from the environment only: the command line of a process is there for everybody to see. */
function readCall(): Call | undefined {
  const { values, positionals } = readArguments();
  if (values.help) return undefined;
  if (positionals.length === 0) throw new WrongCall('No OpenAPI description was named.');
  const {
    MCP_REGISTRY_URL = 'http://localhost:8000',
    MCP_REGISTRY_APP_KEY: appKey = '',
    MCP_REGISTRY_API_KEY: apiKey = '',
  } = process.env;
  const url = values.url ?? MCP_REGISTRY_URL;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new WrongCall(`"${url}" is not an http(s) URL.`);
  if (appKey === '') throw new WrongCall('MCP_REGISTRY_APP_KEY is not set.');
  if (apiKey === '') throw new WrongCall('MCP_REGISTRY_API_KEY is not set.');
  return {
    files: positionals,
    registry: { url, appKey, apiKey },
    environment: values.environment,
    dryRun: values['dry-run'],
  };
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean', default: false },
        environment: { type: 'string', default: 'production' },
        url: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new WrongCall((error as Error).message);
  }
}

async function endpointsIn(file: string): Promise<Endpoint[]> {
  try {
    const endpoints = endpointsOf(await OpenApiDocument.read(file));
    if (endpoints.length === 0) throw new UnusableDocument('describes no operation');
    return endpoints;
  } catch (error) {
    if (error instanceof UnusableDocument) throw new UnusableDocument(`${file} ${error.message}`);
    throw error;
  }
}

function answerText({ message, changes = [] }: Registration): string {
  const lines = changes.map(
    ({ change, method, path, fields }) =>
      `${change.padEnd(8)} ${method} ${path}${fields === undefined ? '' : ` (${fields.join(', ')})`}`,
  );
  return `${[...lines, message].join('\n')}\n`;
}

function fail(code: number, text: string): number {
  process.stderr.write(text);
  return code;
}
