import type { Command } from 'commander';
import { commandGroup } from '../command-group.js';
import { examples } from '../help.js';
import { exportedApplications } from '../registry/exported-applications.js';
import { Session } from '../session.js';
import { writeDocument } from '../terminal/document.js';
import { printableJson } from '../terminal/printable.js';
import { progress } from '../terminal/progress.js';

/** `export json`. */
export function addJsonExportCommand(root: Command): void {
  commandGroup(root, 'export', 'what is registered, as documents')
    .command('json')
    .description('the registry, or one application: applications, environments and endpoints, no secrets')
    .argument('[appKey]', 'only this application')
    .option('--output <file>', 'write there instead of stdout')
    .addHelpText('after', examples('export json --output registry.json', 'export json orders'))
    .action(async (appKey: string | undefined, { output: file }: { output?: string }, command: Command) => {
      const { registry, output } = await Session.open(command);
      const bar = progress();
      bar.begin('Applications');
      let applications = 0;
      const counted = (): void => {
        applications += 1;
        bar.advance();
      };
      try {
        await writeDocument(file, documentOf(exportedApplications(registry, appKey), counted));
      } finally {
        bar.end();
      }
      if (file !== undefined) {
        output.done(`Exported ${applications} application${applications === 1 ? '' : 's'} to ${file}.`, {
          applications,
          file,
        });
      }
    });
}

/** Writes `{ "applications": [...] }` as a stream; calls `written` after each application. */
async function* documentOf(applications: AsyncIterable<object>, written: () => void): AsyncGenerator<string> {
  yield '{\n  "applications": [';
  let separator = '';
  for await (const application of applications) {
    const lines = printableJson(application).replaceAll('\n', '\n    ');
    yield `${separator}\n    ${lines}`;
    separator = ',';
    written();
  }
  yield `${separator === '' ? '' : '\n  '}]\n}\n`;
}
