import type { CommandLine } from '../../support/command-line.js';
import type { LoopbackOrigin } from '../../support/loopback-origin.js';
import type { TestApp } from '../../support/start-app.js';

/** What the tests of all commands share. Each group has applications of its own. */
export interface World {
  readonly app: TestApp;
  /** Where commands run and files may be written. */
  readonly directory: string;
  /** Answers 200 to everything. */
  readonly healthy: LoopbackOrigin;
  /** With the admin key. */
  readonly operator: CommandLine;
  /** With no key at all. */
  readonly stranger: CommandLine;
}
