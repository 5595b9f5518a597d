import { Command } from 'commander';
import { addApplicationCommands } from './commands/applications.js';
import { addDatabaseImportCommands } from './commands/imports.js';
import { addGlobalOptions } from './global-options.js';

const EXAMPLES = `
Examples:
  $ mcp-registry apps list
  $ mcp-registry apps create --name "Order Service" --environment staging --environment production
  $ mcp-registry --url https://registry.example.com keys issue order-service production --name ci

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
  addDatabaseImportCommands(root);
  return root;
}
