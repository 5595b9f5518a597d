import { Command } from 'commander';
import { version } from '#registry/version.js';
import { addApplicationCommands } from './commands/applications.js';
import { addAuditCommands } from './commands/audit.js';
import { addCompletionCommand } from './commands/completion.js';
import { addConsoleCommand } from './commands/console.js';
import { addEndpointCommands } from './commands/endpoints.js';
import { addEnvironmentCommands } from './commands/environments.js';
import { addEventsCommand } from './commands/events.js';
import { addJsonExportCommand } from './commands/export-json.js';
import { addOpenApiExportCommand } from './commands/export-openapi.js';
import { addHealthCommands } from './commands/health.js';
import { addOpenApiImportCommand } from './commands/import-openapi.js';
import { addDatabaseImportCommands } from './commands/imports.js';
import { addKeyCommands } from './commands/keys.js';
import { addMcpCommand } from './commands/mcp.js';
import { addMigrateCommand } from './commands/migrate.js';
import { addOperatorCommands } from './commands/operators.js';
import { addOverviewCommand } from './commands/overview.js';
import { addSearchCommand } from './commands/search.js';
import { addGlobalOptions } from './global-options.js';
import { examples } from './help.js';
import { printable } from './terminal/printable.js';

const EXIT_CODES = `

Exit codes: 0 done, 1 it could not be done, 2 wrong usage, 130 interrupted.`;

/** The whole command line. Its commands write to stdout and reject with a Failure. */
export function program(): Command {
  const root = new Command('mcp-registry')
    .description('Command line of the MCP Registry Server')
    .version(version)
    .addHelpText(
      'after',
      examples(
        'apps list',
        'apps create --name "Order Service" --environment staging --environment production',
        '--url https://registry.example.com keys issue order-service production --name ci',
      ) + EXIT_CODES,
    )
    .exitOverride()
    .configureOutput({
      writeErr: (text) => process.stderr.write(text.split('\n').map(printable).join('\n')),
    })
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .enablePositionalOptions(false);
  addGlobalOptions(root);
  addApplicationCommands(root);
  addEnvironmentCommands(root);
  addKeyCommands(root);
  addOperatorCommands(root);
  addEndpointCommands(root);
  addSearchCommand(root);
  addMcpCommand(root);
  addHealthCommands(root);
  addOverviewCommand(root);
  addEventsCommand(root);
  addAuditCommands(root);
  addOpenApiImportCommand(root);
  addDatabaseImportCommands(root);
  addOpenApiExportCommand(root);
  addJsonExportCommand(root);
  addConsoleCommand(root);
  addMigrateCommand(root);
  addCompletionCommand(root);
  return root;
}
