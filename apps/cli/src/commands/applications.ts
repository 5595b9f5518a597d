import type { Command } from 'commander';
import { globalOptions } from '../global-options.js';
import { asOperator } from '../registry/credentials.js';
import { RegistryClient, segment } from '../registry/registry-client.js';
import type { Application } from '../registry/shapes.js';
import { Output } from '../terminal/output.js';
import { agreement } from '../terminal/prompts.js';

/** `apps list|create|show|delete`. */
export function addApplicationCommands(root: Command): void {
  const apps = root.command('apps').description('applications');

  apps
    .command('list')
    .description('all applications')
    .action(async (_options: object, command: Command) => {
      const options = globalOptions(command);
      const registry = await RegistryClient.connect(options, asOperator);
      new Output(options.json).list(await registry.list<Application>('/applications'), {
        'APP KEY': ({ appKey }) => appKey,
        NAME: ({ name }) => name,
        STATUS: ({ status }) => status,
        HEALTH: ({ healthStatus }) => healthStatus,
      });
    });

  apps
    .command('show')
    .description('one application, with its environments')
    .argument('<appKey>')
    .action(async (appKey: string, _options: object, command: Command) => {
      const options = globalOptions(command);
      const registry = await RegistryClient.connect(options, asOperator);
      const application = await registry.get<Application>(`/applications/${segment(appKey)}`);
      new Output(options.json).one(application, {
        'app key': application.appKey,
        name: application.name,
        description: application.description,
        status: application.status,
        health: application.healthStatus,
        'health check': application.healthCheckUrl,
        environments: application.environments?.map(({ name }) => name).join(', '),
      });
    });

  apps
    .command('delete')
    .description('delete an application with everything below it')
    .argument('<appKey>')
    .option('--yes', 'do not ask', false)
    .option('--dry-run', 'say what would be deleted, and delete nothing', false)
    .action(async (appKey: string, { yes, dryRun }: { yes: boolean; dryRun: boolean }, command: Command) => {
      const options = globalOptions(command);
      const registry = await RegistryClient.connect(options, asOperator);
      const output = new Output(options.json);
      const path = `/applications/${segment(appKey)}`;
      const application = await registry.get<Application>(path);
      if (dryRun) {
        output.done(`Would delete ${application.appKey} with everything below it.`, {
          wouldDelete: application,
        });
        return;
      }
      await agreement(`Delete ${application.appKey} with everything below it?`, { yes });
      await registry.delete(path);
      output.done(`Deleted ${application.appKey}.`, { deleted: application });
    });
}
