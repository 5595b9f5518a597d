import type { Command } from 'commander';
import { type GlobalOptions, globalOptions } from './global-options.js';
import type { RemovalOptions, WriteOptions } from './option-values.js';
import { asOperator, type CredentialHeaders } from './registry/credentials.js';
import { type ChangeRequest, RegistryClient } from './registry/registry-client.js';
import { Output } from './terminal/output.js';
import { printableJson } from './terminal/printable.js';
import { agreement } from './terminal/prompts.js';

/** A deletion to confirm. */
export interface Removal {
  readonly verb: 'Delete' | 'Revoke';
  /** The deletion, in words that complete the sentence "Delete …". */
  readonly named: string;
  /** The path of the resource. */
  readonly thing: object;
  readonly path: string;
  /** The entity tag of what is shown: once that has changed, nothing is deleted. */
  readonly tag?: string | undefined;
}

/** The context of a command: a client of the registry with its credentials, and the output. */
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

  /** Sends a change. In a dry run the request is only shown, and the result is undefined. */
  async change<Answer>(request: ChangeRequest, { dryRun }: WriteOptions): Promise<Answer | undefined> {
    if (dryRun !== true) return this.registry.change<Answer>(request);
    const { method, path, body } = request;
    this.output.done([`Would send ${method} ${path}`, ...printableJson(body).split('\n')], {
      wouldSend: { method, path, body },
    });
    return undefined;
  }

  /** Deletes after confirmation what is still as it was shown. In a dry run it only says what it would delete. */
  async remove({ verb, named, thing, path, tag }: Removal, { yes, dryRun }: RemovalOptions): Promise<void> {
    if (dryRun === true) {
      this.output.done(`Would ${verb.toLowerCase()} ${named}.`, { [`would${verb}`]: thing });
      return;
    }
    await agreement(`${verb} ${named}?`, { yes });
    await this.registry.delete(path, tag);
    this.output.done(`${verb}d ${named}.`, { [`${verb.toLowerCase()}d`]: thing });
  }
}
