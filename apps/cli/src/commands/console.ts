import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { globalOptions } from '../global-options.js';
import { examples } from '../help.js';
import { Session } from '../session.js';

interface SignInCode {
  readonly code: string;
  readonly expiresAt: string;
}

interface ConsoleOptions {
  readonly open?: boolean;
}

/** What opens a URL in the browser of the person at the terminal. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [command: string, ...options: string[]]>>> =
  {
    darwin: ['open'],
    win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  };

/** `console`. */
export function addConsoleCommand(root: Command): void {
  root
    .command('console')
    .description('a URL that signs in to the console in the browser, once and within a minute')
    .option('--open', 'open it in the browser')
    .addHelpText('after', examples('--admin-key-file .data/admin-key console', 'console --open'))
    .action(async ({ open }: ConsoleOptions, command: Command) => {
      const { registry, output } = await Session.open(command);
      const { code, expiresAt } = await registry.post<SignInCode>('/session/codes');
      // A browser sends no part behind the number sign.
      const url = `${globalOptions(command).url}/console/#code=${code}`;
      if (open === true) openInBrowser(url);
      output.done(url, { url, expiresAt });
    });
}

/** The URL is shown in any case: without a browser nothing is lost. */
function openInBrowser(url: string): void {
  const [command, ...options] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...options, url], { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}
