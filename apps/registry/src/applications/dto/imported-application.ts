import type { ImportedHealth, ImportOrigin } from '../../environments/dto/imported-environment.js';

/** An application as another registry has it. What is left out is not compared; a new one is named after its key then. */
export interface ImportedApplication {
  readonly appKey: string;
  readonly name?: string;
  readonly description?: string | null;
  readonly healthCheckUrl?: string | null;
  readonly authenticationMethod?: string;
  readonly status?: 'ACTIVE' | 'INACTIVE';
  readonly health?: ImportedHealth & {
    readonly consecutiveFailures: number;
    readonly consecutiveSuccesses: number;
  };
  readonly origin?: ImportOrigin;
}
