import { Command } from 'commander';
import { addApplicationCommands } from './commands/applications.js';
import { addExportOpenApi } from './commands/export-openapi.js';
import { addImportOpenApi } from './commands/import-openapi.js';
import { addGlobalOptions } from './global-options.js';

const EXAMPLES = `
Examples:
  $ mcp-registry apps list
  $ mcp-registry apps create --name "Order Service" --environment staging --environment production
  $ mcp-registry --url https://registry.example.com keys issue order-service production --name ci
  $ mcp-registry --app-key order-service import openapi --dry-run openapi.yaml

Exit codes: 0 done, 1 it could not be done, 2 wrong usage.`;

/** The whole command line. Its commands write to stdout and reject with a Failure. */
export function program(): Command {
  const root = new Command('mcp-registry')
    .description('Command line of the MCP Registry Server')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .enablePositionalOptions(false);
  addGlobalOptions(root);
  addApplicationCommands(root);
  addImportOpenApi(root.command('import').description('take over what is described or registered elsewhere'));
  addExportOpenApi(root.command('export').description('what is registered, for other tools'));
  return root;
}
