import type { Command } from 'commander';
import { commandGroup } from '../command-group.js';
import { globalOptions } from '../global-options.js';
import { collected, dryRunOption, yesOption } from '../option-values.js';
import type { ImportOptions } from '../openapi/import-openapi.js';

const DETAILS = `
Every operation becomes an endpoint, and what is registered but not described is deleted. What would change is shown
first: the registry is asked for it, with all its limits, before anything is written.

What the document refers to is read as well, if it is below the document's own folder or URL; the plan names it.

Acts as the application of --app-key, with the API key of the environment. A path in the server's URL comes before
every endpoint's path, unless the environment's base domain has it already.

Examples:
  $ mcp-registry --app-key order-service import openapi --dry-run openapi.yaml
  $ mcp-registry --app-key order-service import openapi --yes https://orders.example.com/openapi.json
  $ generate-openapi | mcp-registry --app-key order-service import openapi --yes --environment staging -`;

/** `import openapi`. */
export function addOpenApiImportCommand(root: Command): void {
  commandGroup(root, 'import', 'take over what is described or registered elsewhere')
    .command('openapi')
    .description(
      'make the operations of an OpenAPI 3.x or Swagger 2.0 document the endpoints of an environment',
    )
    .argument('<source>', 'file or http(s) URL, JSON or YAML; - for what is piped in')
    .option('--environment <name>', 'the environment to register in', 'production')
    .option('--set-base-domain', "set its base domain to the document's server (needs the admin key)", false)
    .option(
      '--allow-reference <prefix>',
      'folder, file or URL that references may lead to as well; may be given several times',
      collected,
    )
    .addOption(yesOption())
    .addOption(dryRunOption('say what would change, and change nothing'))
    .addHelpText('after', DETAILS)
    .action(async (source: string, chosen: ImportOptions, command: Command) => {
      const { importOpenApi } = await import('../openapi/import-openapi.js');
      await importOpenApi(source, chosen, globalOptions(command));
    });
}
