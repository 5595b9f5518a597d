import { ConsoleLogger, type LogLevel as NestLogLevel } from '@nestjs/common';
import type { LogLevel } from '#libs/config/app-config.js';

const NEST_LEVELS: Record<LogLevel, NestLogLevel[]> = {
  debug: ['debug', 'log', 'warn', 'error', 'fatal'],
  info: ['log', 'warn', 'error', 'fatal'],
  warning: ['warn', 'error', 'fatal'],
  error: ['error', 'fatal'],
  critical: ['fatal'],
};

/** What the framework says of its own start: a line a module and a route, for debugging only. */
const FRAMEWORK_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Writes lines of JSON, or coloured text on a terminal. */
export class RegistryLogger extends ConsoleLogger {
  constructor(level: LogLevel) {
    const terminal = process.stdout.isTTY;
    super({ logLevels: NEST_LEVELS[level], json: !terminal, colors: terminal });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (FRAMEWORK_CONTEXTS.has(rest.at(-1) as string)) super.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    // A start that fails says why in a line of its own.
    if (FRAMEWORK_CONTEXTS.has(rest.at(-1) as string)) super.debug(message, ...rest);
    else super.error(message, ...rest);
  }
}
