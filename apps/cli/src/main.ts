#!/usr/bin/env node
import { CommanderError } from 'commander';
import { Failure } from './failure.js';
import { program } from './program.js';

// Whoever reads the output may have had enough of it, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // It has said what is wrong already, or shown the help that was asked for.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof Failure) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    process.stderr.write(`Unexpected: ${(error as Error).stack ?? String(error)}\n`);
    process.exitCode = 1;
  }
}
