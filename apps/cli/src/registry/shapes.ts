/** What the registry answers, as far as the command line shows it; `--json` writes all there is. */
export interface Application {
  readonly id: string;
  readonly appKey: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: string;
  readonly healthStatus: string;
  readonly healthCheckUrl: string | null;
  readonly environments?: readonly Environment[];
}

export interface Environment {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly baseDomain: string | null;
  readonly status: string;
  readonly healthStatus: string;
}
