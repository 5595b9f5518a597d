import type { Command } from 'commander';
import { globalOptions } from '../global-options.js';
import { examples } from '../help.js';
import { bridge } from '../mcp/stdio-bridge.js';
import { withKnownCredentials } from '../registry/credentials.js';
import { RegistryClient } from '../registry/registry-client.js';

/** `mcp`. */
export function addMcpCommand(root: Command): void {
  root
    .command('mcp')
    .description('serve the tools of the registry over stdio, to MCP clients that can only start a program')
    .addHelpText(
      'after',
      examples('--url https://registry.example.com --admin-key-file agent.key mcp', 'mcp < messages.jsonl'),
    )
    .action(async (_options: object, command: Command) => {
      const registry = await RegistryClient.connect(globalOptions(command), withKnownCredentials);
      await bridge(process.stdin, process.stdout, (json, headers) => registry.forward('/mcp', json, headers));
    });
}
