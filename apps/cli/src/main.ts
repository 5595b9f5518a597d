#!/usr/bin/env node
import { CommanderError } from 'commander';
import { Failure } from './failure.js';
import { program } from './program.js';
import { printable } from './terminal/printable.js';

// Exits quietly on EPIPE: the output was piped to a program such as `head`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
}
// Calls `exit`, so that exit handlers delete partial files; the codes are those of shells for the signals.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed the error or the help already.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof Failure) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    const { stack = String(error) } = error as Error;
    process.stderr.write(`Unexpected: ${stack.split('\n').map(printable).join('\n')}\n`);
    process.exitCode = 1;
  }
}
