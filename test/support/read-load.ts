import type { SentRequest } from './write-load.js';

const APP_KEY = 'witness';
const READERS = 3;

interface Discovered {
  readonly environment?: { readonly baseDomain: string | null };
}

/**
 * Clients that read what one of them changes, and write down every answer that is neither right nor an honest 503. A
 * right one shows the last change acknowledged before it was asked for, or a later one.
 */
export class ReadLoad {
  /** What was asked for to have something to read. */
  readonly changes: SentRequest[] = [];
  readonly faults: string[] = [];
  answers = 0;
  private running = true;
  private acknowledged = 0;

  constructor(
    private readonly url: string,
    private readonly adminKey: string,
    private readonly name: string,
  ) {}

  /** Reads until {@link stop}. */
  async run(): Promise<void> {
    await this.create();
    await Promise.all([this.change(), ...Array.from({ length: READERS }, () => this.read())]);
  }

  stop(): void {
    this.running = false;
  }

  private get appKey(): string {
    return `${APP_KEY}-${this.name}`;
  }

  private async create(): Promise<void> {
    const { appKey } = this;
    const body = { name: appKey, appKey, environments: [{ name: 'production' }] };
    await this.send({ action: 'application.created', appKey, method: 'POST', path: '/applications', body });
  }

  private async change(): Promise<void> {
    for (let version = 1; this.running; version++) {
      const { appKey } = this;
      const status = await this.send({
        action: 'environment.updated',
        appKey,
        environment: 'production',
        method: 'PUT',
        path: `/applications/${appKey}/environments/production`,
        body: { baseDomain: `v${version}.example.com` },
      });
      if (status === 200) this.acknowledged = version;
      else if (status !== 503) this.faults.push(`PUT: ${status}`);
    }
  }

  private async send(intent: Omit<SentRequest, 'requestId'>): Promise<number> {
    const request: SentRequest = { ...intent, requestId: `${this.appKey}.${this.changes.length}` };
    this.changes.push(request);
    const response = await fetch(`${this.url}${request.path}`, {
      method: request.method,
      headers: {
        'X-Admin-Key': this.adminKey,
        'X-Request-Id': request.requestId,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify(request.body),
    });
    request.status = response.status;
    request.retryAfter = response.headers.get('retry-after');
    request.answer = JSON.parse(await response.text());
    return response.status;
  }

  private async read(): Promise<void> {
    while (this.running) {
      const oldest = this.acknowledged;
      const response = await fetch(`${this.url}/endpoints?app_key=${this.appKey}`);
      const answer = (await response.json()) as Discovered;
      this.answers += 1;
      if (response.status === 503 && response.headers.has('retry-after')) continue;
      const version = Number(/^v(\d+)\./.exec(answer.environment?.baseDomain ?? 'v0.')?.[1]);
      if (response.status !== 200 || version < oldest) {
        this.faults.push(`GET: ${response.status}, version ${version} after ${oldest}`);
      }
    }
  }
}
