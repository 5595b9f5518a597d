import type { Command } from 'commander';
import { Failure } from '../failure.js';
import { examples } from '../help.js';
import { eventsIn } from '../registry/event-stream.js';
import { Session } from '../session.js';

/** `events`. */
export function addEventsCommand(root: Command): void {
  root
    .command('events')
    .description('follow changes as they are committed, one a line, until interrupted')
    .addHelpText('after', examples('events', 'events --json'))
    .action(async (_options: object, command: Command) => {
      const { registry, output } = await Session.open(command);
      for await (const { name, data } of eventsIn(await registry.stream('/events'))) {
        output.line(lineOf(name, data), { event: name, ...data });
      }
      throw new Failure('The registry ended the stream: it stops, or does not accept the key any more.');
    });
}

function lineOf(name: string, data: Readonly<Record<string, unknown>>): string {
  const { appKey, environment, from, to, id } = data as Readonly<Record<string, string | undefined>>;
  switch (name) {
    case 'health':
      return `health       ${appKey} ${environment}: ${from} -> ${to}`;
    case 'application':
      return `application  ${appKey}`;
    case 'audit':
      return `audit        ${id}`;
    default:
      return `${name.padEnd(12)} changes may have been missed`;
  }
}
