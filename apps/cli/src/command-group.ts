import type { Command } from 'commander';

/** The command of this name, below which several files add theirs: made by whichever comes first. */
export function commandGroup(root: Command, name: string, description: string): Command {
  return (
    root.commands.find((command) => command.name() === name) ?? root.command(name).description(description)
  );
}
