import { WrongUsage } from '../failure.js';
import type { GlobalOptions } from '../global-options.js';
import { asApplication, asOperator } from '../registry/credentials.js';
import { RegistryClient, segment } from '../registry/registry-client.js';
import type { Registration } from './registration-plan.js';

/** What the endpoints of an environment become. */
interface Batch {
  readonly endpoints: readonly unknown[];
  readonly definitions?: object;
}

/** Registers the endpoints of one environment, as its application or as an operator. */
export class RegisteringClient {
  private constructor(
    readonly registry: RegistryClient,
    private readonly appKey: string | undefined,
    private readonly isOperator: boolean,
  ) {}

  /** @throws WrongUsage when it is not said which application is meant, or its key is missing */
  static async connect(options: GlobalOptions, isOperator: boolean): Promise<RegisteringClient> {
    if (isOperator && options.appKey === undefined) {
      throw new WrongUsage('Name the application with --app-key or MCP_REGISTRY_APP_KEY.');
    }
    const registry = await RegistryClient.connect(options, isOperator ? asOperator : asApplication);
    return new RegisteringClient(registry, options.appKey, isOperator);
  }

  /** @param ifMatch the entity tag of what is registered now */
  register(
    environment: string,
    batch: Batch,
    { dryRun, ifMatch }: { readonly dryRun: boolean; readonly ifMatch: string | undefined },
  ): Promise<Registration> {
    const { appKey = '' } = this;
    if (this.isOperator) {
      const path = `/applications/${segment(appKey)}/environments/${segment(environment)}/endpoints`;
      return this.registry.put<Registration>(path, batch, { dryRun }, ifMatch);
    }
    const body = { app_key: appKey, environment, ...batch };
    return this.registry.post<Registration>('/register/endpoints', body, { dryRun }, ifMatch);
  }
}
