import { runCommand } from './run-command.js';

/** One command of a walkthrough and what it says the command prints. */
export interface WalkthroughStep {
  readonly command: string;
  readonly output: string;
}

/** The part of a Markdown text below a heading of the second level. */
export function section(markdown: string, heading: string): string {
  const [, found] = markdown.split(`\n## ${heading}\n`);
  if (found === undefined) throw new Error(`There is no section "${heading}"`);
  return found.split('\n## ', 1)[0] ?? '';
}

/**
 * The commands in a section's `console` blocks, in order. A command begins with `$ ` and goes on while its lines
 * end with `\` or `|`; what follows until the next one is its output.
 */
export function walkthroughSteps(markdown: string): WalkthroughStep[] {
  const blocks = [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const command = /^(?:.*[\\|]\n)*.*\n/.exec(text)?.[0] ?? '';
        return { command: command.trimEnd(), output: text.slice(command.length).trimEnd() };
      }),
  );
}

const END = '--- end of command, exit code ';

/** Runs commands in one bash session; gives what each printed (errors included) and its exit code. */
export async function runInOneShell(
  commands: readonly string[],
  cwd: string,
): Promise<{ output: string; code: number }[]> {
  const script = ['exec 2>&1', ...commands.flatMap((command) => [command, `echo; echo "${END}$?"`])].join(
    '\n',
  );
  const { stdout } = await runCommand('bash', ['-c', script], { cwd });
  return stdout
    .split(END)
    .slice(0, -1)
    .map((text, index, parts) => ({
      // The part begins with the exit code of the command before.
      output: (index === 0 ? text : text.slice(text.indexOf('\n') + 1)).trimEnd(),
      code: Number(/^\d+/.exec(parts[index + 1] ?? stdout.slice(stdout.lastIndexOf(END) + END.length))?.[0]),
    }));
}

/** Outputs without what differs from run to run: ids, keys, times, durations, and how wide columns are for them. */
export function told(results: readonly { readonly output: string }[]): string[] {
  const text = withPlaceholders(results.map(({ output }) => output).join('\0'));
  return text
    .replace(/\b\d+\.\d{3} s\b/g, '<duration>')
    .replace(/ {2,}/g, '  ')
    .split('\0');
}

const SHAPES: readonly (readonly [string, RegExp])[] = [
  ['key', /\bmcp(?:op)?_[0-9a-f]{16}_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g],
  ['key prefix', /\bmcp(?:op)?_[0-9a-f]{16}\b/g],
  ['id', /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g],
  ['time', /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g],
  ['curl', /\bcurl\/\d+\.\d+\.\d+\b/g],
];

/**
 * The text with everything that differs from run to run replaced by its shape. Ids and keys are numbered as they
 * come: where one text has the same id twice, the other must have it twice too.
 */
export function withPlaceholders(text: string): string {
  return SHAPES.reduce((result, [name, shape]) => {
    const seen = new Map<string, number>();
    return result.replace(shape, (value) => {
      if (name === 'time' || name === 'curl') return `<${name}>`;
      const number = seen.get(value) ?? seen.size + 1;
      seen.set(value, number);
      return `<${name} ${number}>`;
    });
  }, text);
}
