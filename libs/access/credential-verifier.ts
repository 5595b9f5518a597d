import type { RefusalReason } from './access.errors.js';
import type { ApplicationCaller } from './caller.js';

export interface ApplicationCredentials {
  readonly appKey: string;
  readonly apiKey: string;
  /** When given, only a key of this environment is accepted. */
  readonly environment: string | undefined;
  /** Where a key that several environments know is taken to be of. */
  readonly likelyEnvironment?: string;
}

export interface CredentialsFrom extends ApplicationCredentials {
  /** Where the caller is, see `clientNetwork`: failures are counted by it. */
  readonly network: string;
}

export type Verification =
  | { readonly accepted: true; readonly caller: ApplicationCaller }
  | { readonly accepted: false; readonly reason: RefusalReason; readonly apiKeyId?: string };

/** Port: decides whether an application's credentials are good at this moment. */
export abstract class CredentialVerifier {
  /** Who the caller is, when that takes no look at anything; `undefined` says nothing of the credentials. */
  abstract known(credentials: ApplicationCredentials): ApplicationCaller | undefined;

  /** @throws TooManyFailures when too many keys from there were wrong for the application */
  abstract verify(credentials: CredentialsFrom): Promise<Verification>;
}
