/** Examples for the help of a command: the arguments, one example a line. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ mcp-registry ${line}`).join('\n')}`;
}
