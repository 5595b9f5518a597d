import { Failure } from '../failure.js';

/** An event of `GET /events`. */
export interface RegistryEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The events of a stream, comments left out. @throws Failure when the connection breaks */
export async function* eventsIn(response: Response): AsyncGenerator<RegistryEvent> {
  let text = '';
  for await (const piece of piecesOf(response)) {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = eventOf(block);
      if (event !== undefined) yield event;
    }
  }
}

async function* piecesOf({ body, url }: Response): AsyncGenerator<string> {
  if (body === null) return;
  try {
    for await (const piece of body.pipeThrough(new TextDecoderStream())) yield piece;
  } catch {
    throw new Failure(`${url}: the connection broke`);
  }
}

function eventOf(block: string): RegistryEvent | undefined {
  // Not by `.` and `$` of a regular expression: for them U+2028 ends a line, which JSON may hold as it is.
  const field = (prefix: string): string | undefined =>
    block
      .split('\n')
      .find((line) => line.startsWith(prefix))
      ?.slice(prefix.length);
  const [name, data] = [field('event: '), field('data: ')];
  if (name === undefined || data === undefined) return undefined;
  try {
    return { name, data: JSON.parse(data) as RegistryEvent['data'] };
  } catch {
    return undefined;
  }
}
