import { printable } from './terminal/printable.js';

/**
 * The command failed. Exit code 1. The message is for people: one line, or one for each mistake. Unprintable
 * characters in it are replaced, line feeds within a line as well, so that it may quote any text.
 */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly exitCode: number = 1;
  readonly lines: readonly string[];

  /** @param message a line, or several */
  constructor(message: string | readonly string[], options?: ErrorOptions) {
    const lines = (typeof message === 'string' ? [message] : message).map(printable);
    super(lines.join('\n'), options);
    this.lines = lines;
  }
}

/** The command line is invalid. Exit code 2. */
export class WrongUsage extends Failure {
  override readonly name = 'WrongUsage';
  override readonly exitCode = 2;
}

/** The operator declined a confirmation. Exit code 1. */
export class Cancelled extends Failure {
  override readonly name = 'Cancelled';

  constructor() {
    super('Cancelled: nothing was changed.');
  }
}

/** The operator interrupted a prompt, as with Ctrl-C. Exit code 130, as after SIGINT. */
export class Interrupted extends Failure {
  override readonly name = 'Interrupted';
  override readonly exitCode = 130;

  constructor() {
    super('Interrupted: nothing was changed.');
  }
}
