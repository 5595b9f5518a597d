import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { examples } from '../help.js';

const NAME = 'completion';

/** `completion`, and the hidden command that shells ask. To be called last: it reads what is there. */
export function addCompletionCommand(root: Command): void {
  const { commands } = tab(root, { completionCommandName: NAME });
  for (const command of commands.values()) {
    for (const { long, description, required } of root.options) {
      const name = long?.replace(/^--/, '') ?? '';
      if (name === 'version') continue;
      // An option with a value is one with a handler; which values there are is not ours to know.
      if (required) command.option(name, description, () => undefined);
      else command.option(name, description);
    }
  }
  root.commands
    .find((command) => command.name() === NAME)
    ?.description('the script that makes a shell complete commands and options')
    .addHelpText(
      'after',
      examples(
        'completion bash > ~/.local/share/bash-completion/completions/mcp-registry',
        'completion zsh > "${fpath[1]}/_mcp-registry"',
        'completion fish > ~/.config/fish/completions/mcp-registry.fish',
      ),
    );
}
