import type { Command } from 'commander';

/** The command of this name, to which several files add subcommands; created on first use. */
export function commandGroup(root: Command, name: string, description: string): Command {
  return (
    root.commands.find((command) => command.name() === name) ?? root.command(name).description(description)
  );
}
