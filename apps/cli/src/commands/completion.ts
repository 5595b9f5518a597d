import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { examples } from '../help.js';

const NAME = 'completion';

/**
 * `completion`, and the hidden command that shells call. Must be called last: it reads the commands defined so far.
 */
export function addCompletionCommand(root: Command): void {
  const { commands } = tab(root, { completionCommandName: NAME });
  for (const command of commands.values()) {
    for (const { long, description, required } of root.options) {
      const name = long?.replace(/^--/, '') ?? '';
      if (name === 'version') continue;
      // An option that takes a value needs a handler; the values themselves are not completed.
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
