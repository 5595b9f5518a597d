/** Examples for the help of a command: what follows the program's name, a line each. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ mcp-registry ${line}`).join('\n')}`;
}
