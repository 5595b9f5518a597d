import type { RefusalReason } from './access.errors.js';
import type { ApplicationCaller } from './caller.js';

export interface ApplicationCredentials {
  readonly appKey: string;
  readonly apiKey: string;
  /** When given, only a key of this environment is accepted. */
  readonly environment: string | undefined;
  /** The environment assumed for a key that several environments have. */
  readonly likelyEnvironment?: string;
}

export interface ReceivedCredentials extends ApplicationCredentials {
  /** The caller's network (`clientNetwork`), for which failures are counted. */
  readonly network: string;
}

export type Verification =
  | { readonly accepted: true; readonly caller: ApplicationCaller }
  | {
      readonly accepted: false;
      readonly reason: RefusalReason;
      readonly apiKeyId?: string;
      /** The environment of a key that is good there, and refused only because another one was asked for. */
      readonly keyEnvironment?: string;
    };

/** Port: verifies an application's credentials. */
export abstract class CredentialVerifier {
  /** The caller when the cache is enough to accept the credentials; `undefined` says nothing about them. */
  abstract cachedCaller(credentials: ApplicationCredentials): ApplicationCaller | undefined;

  /** @throws TooManyFailures when too many keys from there were wrong for the application */
  abstract verify(credentials: ReceivedCredentials): Promise<Verification>;
}
