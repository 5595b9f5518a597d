import { isDeepStrictEqual } from 'node:util';
import type { Operation } from './old-registries.js';

/** The registry that a service is pointed at, and what it shows there. */
export interface ServiceIdentity {
  readonly url: string;
  readonly appKey: string;
  readonly apiKey: string;
  readonly environment: string;
}

/**
 * A service that starts again and again: each time it updates its application and registers its operations, as the client
 * libraries do, and then looks whether the registry still has what it has just acknowledged.
 */
export class RegisteringService {
  /** What the registry acknowledged last. */
  acknowledged: { readonly description: string; readonly operations: readonly Operation[] } | undefined;
  /** How often it has started. */
  starts = 0;
  /** Answers other than 200, and acknowledged operations that were no longer there. */
  readonly complaints: string[] = [];
  private running = true;

  /**
   * @param operationsAt the operations of a start, the same ones at each for a service that does not change
   * @param describedAt the description of a start
   */
  constructor(
    readonly identity: ServiceIdentity,
    private readonly operationsAt: (start: number) => readonly Operation[],
    private readonly describedAt: (start: number) => string,
  ) {}

  /** Starts until {@link stop}. */
  async run(): Promise<void> {
    while (this.running) await this.start();
  }

  stop(): void {
    this.running = false;
  }

  private async start(): Promise<void> {
    const { appKey, environment } = this.identity;
    const description = this.describedAt(this.starts);
    const operations = this.operationsAt(this.starts);
    this.starts += 1;
    await this.send('PUT', `/applications/${appKey}`, { name: appKey, description });
    await this.send('POST', '/register/endpoints', {
      app_key: appKey,
      environment,
      endpoints: operations.map((operation) => ({
        ...operation,
        description: `What ${operation.name} does`,
        ...{ contentType: '', authType: '', responseBody: '{"type":"object"}' },
      })),
    });
    this.acknowledged = { description, operations };
    const there = await this.registered();
    const wanted = sorted(operations);
    if (!isDeepStrictEqual(there, wanted)) {
      this.complaints.push(`registered ${wanted.join(', ')}; there is ${there.join(', ')}`);
    }
  }

  /** The operations that the registry has of it, by method and path. */
  async registered(): Promise<string[]> {
    const { appKey, environment } = this.identity;
    const answer = await this.send('GET', `/endpoints?app_key=${appKey}&environment=${environment}`);
    return sorted((answer as { endpoints?: Operation[] }).endpoints ?? []);
  }

  private async send(method: string, path: string, body?: object): Promise<unknown> {
    const { url, appKey, apiKey } = this.identity;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'X-App-Key': appKey, 'X-API-Key': apiKey, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status !== 200) this.complaints.push(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}

/** What registering these operations would do. */
export async function tryRegistration(
  { url, appKey, apiKey, environment }: ServiceIdentity,
  endpoints: readonly Operation[],
): Promise<object> {
  const response = await fetch(`${url}/register/endpoints?dryRun=true`, {
    method: 'POST',
    headers: { 'X-App-Key': appKey, 'X-API-Key': apiKey, 'Content-Type': 'application/json' },
    body: JSON.stringify({ app_key: appKey, environment, endpoints }),
  });
  return (await response.json()) as object;
}

/** Operations by method and path, in one order. */
export function sorted(operations: readonly Operation[]): string[] {
  return operations.map(({ method, path }) => `${method} ${path}`).sort();
}
