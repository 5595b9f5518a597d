import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Bindings } from '#libs/access/bindings.js';
import { callerOf } from '#libs/access/caller.js';

/** What a client may leave unread before its stream ends. */
const MAX_UNREAD_BYTES = 128 * 1024;

/** An event as it is sent: its name, and its data as JSON. */
export interface SentEvent {
  readonly name: 'application' | 'health' | 'audit' | 'resync';
  readonly data?: object;
}

/** One client that follows the changes, by an event stream as the HTML standard describes it. */
export class EventStream {
  private readonly readable = new Readable({ highWaterMark: MAX_UNREAD_BYTES, read: () => undefined });
  private hasEnded = false;
  private restoreTimeout: () => void = () => undefined;

  /** @param onClose called once, when the client has everything or is gone */
  constructor(
    readonly request: FastifyRequest,
    onClose: () => void,
  ) {
    this.readable.once('close', () => {
      this.hasEnded = true;
      onClose();
    });
  }

  /** What its reader is bound to, as judged last; undefined: it may see nothing. */
  get bindings(): Bindings | undefined {
    const caller = callerOf(this.request);
    return caller.kind === 'admin' ? caller.bindings : undefined;
  }

  begin(reply: FastifyReply): FastifyReply {
    const { socket } = reply.raw;
    // REQUEST_TIMEOUT may be shorter than the silence between two comments.
    const { timeout = 0 } = socket ?? {};
    socket?.setTimeout(0);
    this.restoreTimeout = () => socket?.setTimeout(timeout);
    reply.raw.once('close', () => {
      this.restoreTimeout();
      this.readable.destroy();
    });
    this.comment('open');
    return reply
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .type('text/event-stream; charset=utf-8')
      .send(this.readable);
  }

  send(event: SentEvent): void {
    this.push(textOf(event));
  }

  comment(text: string): void {
    this.push(`: ${text}\n\n`);
  }

  /** Nothing more follows. A client that does not take what is left loses its connection like any other. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.readable.push(null);
    this.restoreTimeout();
  }

  private push(text: string): void {
    if (this.hasEnded || this.readable.push(text)) return;
    // Its client reads more slowly than things happen, and has to read all again.
    this.readable.push(textOf({ name: 'resync' }));
    this.end();
  }
}

function textOf({ name, data = {} }: SentEvent): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
