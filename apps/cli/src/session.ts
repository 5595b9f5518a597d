import type { Command } from 'commander';
import { globalOptions, type GlobalOptions } from './global-options.js';
import type { RemovalOptions, WriteOptions } from './option-values.js';
import { asOperator, type CredentialHeaders } from './registry/credentials.js';
import { type ChangeRequest, RegistryClient } from './registry/registry-client.js';
import { Output } from './terminal/output.js';
import { printableJson } from './terminal/printable.js';
import { agreement } from './terminal/prompts.js';

/** Something that a command takes away. */
export interface Removal {
  readonly verb: 'Delete' | 'Revoke';
  /** What goes, in words that complete the sentence "Delete …". */
  readonly named: string;
  /** What goes, as the registry has it. */
  readonly thing: object;
  readonly path: string;
}

/** What a command works with: the registry, called by somebody, and where its results go. */
export class Session {
  private constructor(
    readonly registry: RegistryClient,
    readonly output: Output,
  ) {}

  static async open(
    command: Command,
    credentials: (options: GlobalOptions) => Promise<CredentialHeaders> = asOperator,
  ): Promise<Session> {
    const options = globalOptions(command);
    return new Session(await RegistryClient.connect(options, credentials), new Output(options.json));
  }

  /** Sends what changes the registry. On a dry run it is only shown, and nothing comes back. */
  async change<Answer>(request: ChangeRequest, { dryRun }: WriteOptions): Promise<Answer | undefined> {
    if (dryRun !== true) return this.registry.change<Answer>(request);
    const { method, path, body } = request;
    this.output.done([`Would send ${method} ${path}`, ...printableJson(body).split('\n')], {
      wouldSend: { method, path, body },
    });
    return undefined;
  }

  /** Takes something away when the operator agrees. On a dry run it only says what would go. */
  async remove({ verb, named, thing, path }: Removal, { yes, dryRun }: RemovalOptions): Promise<void> {
    if (dryRun === true) {
      this.output.done(`Would ${verb.toLowerCase()} ${named}.`, { [`would${verb}`]: thing });
      return;
    }
    await agreement(`${verb} ${named}?`, { yes });
    await this.registry.delete(path);
    this.output.done(`${verb}d ${named}.`, { [`${verb.toLowerCase()}d`]: thing });
  }
}
