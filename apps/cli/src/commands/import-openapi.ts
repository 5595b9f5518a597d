import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { commandGroup } from '../command-group.js';
import { globalOptions } from '../global-options.js';
import type { ImportOptions } from '../openapi/import-openapi.js';
import { collected, collectedPairs, dryRunOption, positiveNumber, yesOption } from '../option-values.js';

const DETAILS = `
Every operation becomes an endpoint; registered endpoints that the document does not describe are deleted. The plan is
shown first: the registry checks it with all its limits before anything is written. Operations that are read without a
part, or skipped, are named with the reason; --strict refuses such documents. Several documents are registered together.

What the document refers to is read as well, if it is below the document's own folder or URL; the plan names it.

Acts as the application of --app-key, with the API key of the environment; with --as-operator as the operator of the admin
key, who needs the role editor. A path in the server's URL comes before
every endpoint's path, unless the environment's base domain has it already.

Examples:
  $ mcp-registry --app-key order-service import openapi --dry-run openapi.yaml
  $ mcp-registry --app-key order-service import openapi --yes https://orders.example.com/openapi.json
  $ mcp-registry --app-key order-service import openapi --as-operator --dry-run openapi.yaml
  $ DOCS_TOKEN=… mcp-registry --app-key order-service import openapi --yes --header 'Authorization: env:DOCS_TOKEN' \\
      https://orders.example.com/v3/api-docs/public https://orders.example.com/v3/api-docs/internal
  $ generate-openapi | mcp-registry --app-key order-service import openapi --yes --environment staging -`;

/** `import openapi`. */
export function addOpenApiImportCommand(root: Command): void {
  commandGroup(root, 'import', 'take over what is described or registered elsewhere')
    .command('openapi')
    .description(
      'make the operations of an OpenAPI 3.x or Swagger 2.0 document the endpoints of an environment',
    )
    .argument('<source...>', 'files or http(s) URLs, JSON or YAML; - for standard input')
    .option('--environment <name>', 'the environment to register in', 'production')
    .option('--as-operator', 'register with the admin key, and be audited as the operator it is of', false)
    .option('--set-base-domain', "set its base domain to the document's server (needs the admin key)", false)
    .option('--server <number|url>', "which of the document's servers, or its URL", serverChoice)
    .option(
      '--server-variable <name=value>',
      "value of a variable in the server's URL; may be given several times",
      collectedPairs,
    )
    .option('--path-prefix <path>', 'path before every path of the document, as behind a gateway', pathPrefix)
    .option('--include-tag <tag>', 'only operations with this tag; may be given several times', collected)
    .option('--exclude-tag <tag>', 'no operations with this tag; may be given several times', collected)
    .addOption(
      new Option(
        '--definitions <how>',
        'whether schemas share definitions or are complete each; by default shared when the batch would exceed 9 MiB otherwise',
      ).choices(['shared', 'inline']),
    )
    .option('--strict', 'refuse documents with mistakes', false)
    .option(
      '--header <header>',
      'header field for the document\'s URL, "Name: env:VARIABLE" or "Name: file:PATH"; may be given several times',
      collected,
    )
    .option(
      '--allow-reference <prefix>',
      'folder, file or URL that references may lead to as well; may be given several times',
      collected,
    )
    .addOption(yesOption())
    .addOption(dryRunOption('say what would change, and change nothing'))
    .addHelpText('after', DETAILS)
    .action(async (sources: string[], chosen: ImportOptions, command: Command) => {
      const { importOpenApi } = await import('../openapi/import-openapi.js');
      await importOpenApi(sources, chosen, globalOptions(command));
    });
}

function serverChoice(text: string): number | string {
  if (/^\d+$/.test(text)) return positiveNumber(text);
  if (/^https?:\/\//i.test(text)) return text;
  throw new InvalidArgumentError('It must be a number from 1, or an http(s) URL.');
}

function pathPrefix(text: string): string {
  if (/^(\/[^\s?#]+)+$/.test(text)) return text.replace(/\/+$/, '');
  throw new InvalidArgumentError('It must be a path such as /orders.');
}
