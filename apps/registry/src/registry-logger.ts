import { ConsoleLogger, type LogLevel as NestLogLevel } from '@nestjs/common';
import type { LogLevel } from '#libs/config/app-config.js';

const NEST_LEVELS: Record<LogLevel, NestLogLevel[]> = {
  debug: ['debug', 'log', 'warn', 'error', 'fatal'],
  info: ['log', 'warn', 'error', 'fatal'],
  warning: ['warn', 'error', 'fatal'],
  error: ['error', 'fatal'],
  critical: ['fatal'],
};

/** Writes lines of JSON, or coloured text on a terminal. */
export function registryLogger(level: LogLevel): ConsoleLogger {
  const terminal = process.stdout.isTTY;
  return new ConsoleLogger({ logLevels: NEST_LEVELS[level], json: !terminal, colors: terminal });
}
