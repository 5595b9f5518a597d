import type { Command } from 'commander';
import type { ScalarTag } from 'yaml';
import { isExactNumber } from '#libs/json/exact-json.js';
import { commandGroup } from '../command-group.js';
import { segment } from '../registry/registry-client.js';
import { Session } from '../session.js';
import { writeDocument } from '../terminal/document.js';
import { isUnprintable, printableJson, printableYaml } from '../terminal/printable.js';

const DETAILS = `
Importing it again gives the same endpoints. What OpenAPI has no place for is in x-mcp-registry of its operation.

Examples:
  $ mcp-registry export openapi order-service production --output openapi.json
  $ mcp-registry export openapi order-service staging --yaml | less`;

/** `export openapi`. */
export function addOpenApiExportCommand(root: Command): void {
  commandGroup(root, 'export', 'what is registered, as documents')
    .command('openapi')
    .description('the OpenAPI 3.1 document of what is registered in an environment')
    .argument('<appKey>')
    .argument('<environment>')
    .option('--output <file>', 'write it there instead of showing it')
    .option('--yaml', 'as YAML instead of JSON', false)
    .addHelpText('after', DETAILS)
    .action(
      async (
        appKey: string,
        environment: string,
        { output: file, yaml }: { output?: string; yaml: boolean },
        command: Command,
      ) => {
        const { registry, output } = await Session.open(command);
        const path = `/applications/${segment(appKey)}/environments/${segment(environment)}/openapi.json`;
        const document = await registry.get<{ paths: Record<string, object> }>(path);
        const text = yaml ? await yamlText(document) : `${printableJson(document)}\n`;
        await writeDocument(file, [text]);
        if (file === undefined) return;
        const operations = Object.values(document.paths).flatMap(Object.keys).length;
        output.done(`Wrote ${operations} operations to ${file}.`, { file, operations });
      },
    );
}

async function yamlText(value: object): Promise<string> {
  // Loaded on demand: it takes longer than most commands take.
  const { Document, visit } = await import('yaml');
  const document = new Document(value, { aliasDuplicateObjects: false, customTags: [EXACT_NUMBER] });
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && isUnprintable(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return printableYaml(document.toString({ lineWidth: 0 }));
}

/** Writes a number with all its digits. */
const EXACT_NUMBER: ScalarTag = {
  identify: isExactNumber,
  default: true,
  tag: 'tag:yaml.org,2002:float',
  resolve: Number,
  stringify: ({ value }) => String(value),
};
