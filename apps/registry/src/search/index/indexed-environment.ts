/** What search knows of an endpoint. */
export interface IndexedEndpoint {
  /** As answers name it. */
  readonly id: string;
  /** In upper case. */
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly operationId: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  /** Names of path, query, header and cookie parameters. */
  readonly parameters: readonly string[];
  /** Names of the properties of the request body. */
  readonly bodyProperties: readonly string[];
  /** Words and example questions that the application registered. */
  readonly keywords: readonly string[];
  readonly deprecated: boolean;
}

/** An environment of an application with all its endpoints. */
export interface IndexedEnvironment {
  readonly applicationKey: string;
  readonly applicationName: string;
  readonly applicationDescription: string | null;
  /** Its name, such as `production`. */
  readonly environment: string;
  readonly endpoints: readonly IndexedEndpoint[];
}

/** What decides whether a caller may see an environment. */
interface EnvironmentIdentity {
  readonly environmentId: string;
  readonly applicationKey: string;
  readonly environment: string;
}

/** Whether the caller may see an environment; what it may not see has no influence on any answer. */
export type Visibility = (environment: EnvironmentIdentity) => boolean;
