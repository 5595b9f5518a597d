import { eventually } from './eventually.js';

export interface ReceivedEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A client that follows `GET /events`. */
export class FollowedEvents {
  readonly events: ReceivedEvent[] = [];
  private text = '';
  hasEnded = false;

  private constructor(
    readonly response: Response,
    private readonly abort: AbortController,
  ) {
    void this.read();
  }

  /** Resolves when the answer has begun. */
  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<FollowedEvents> {
    const abort = new AbortController();
    return new FollowedEvents(await fetch(`${url}/events`, { headers, signal: abort.signal }), abort);
  }

  /** The comments so far. */
  get comments(): string[] {
    return this.text.split('\n\n').filter((block) => block.startsWith(':'));
  }

  /** Resolves when an event of this name and with these properties has come. */
  until(name: string, data: Readonly<Record<string, unknown>> = {}): Promise<ReceivedEvent | undefined> {
    const isIt = (event: ReceivedEvent): boolean =>
      event.name === name &&
      Object.entries(data).every(([property, value]) => event.data[property] === value);
    return eventually(() => this.events.find(isIt));
  }

  ended(within = 15_000): Promise<boolean> {
    return eventually(() => this.hasEnded, { within });
  }

  close(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    try {
      for await (const piece of this.response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        this.text += piece;
        this.events.splice(0, Infinity, ...eventsIn(this.text));
      }
    } catch {
      // Cut, or closed by the test.
    }
    this.hasEnded = true;
  }
}

function eventsIn(text: string): ReceivedEvent[] {
  return [...text.matchAll(/^event: (.*)\ndata: (.*)\n\n/gm)].map(([, name = '', data = '']) => ({
    name,
    data: JSON.parse(data) as ReceivedEvent['data'],
  }));
}
