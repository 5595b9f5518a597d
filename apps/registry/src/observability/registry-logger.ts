import type { LoggerService } from '@nestjs/common';
import { destination, type Logger as Pino, pino, stdTimeFunctions } from 'pino';
import type { AppConfig, LogLevel } from '#libs/config/app-config.js';
import { SecretRedaction } from '#libs/redaction/secret-redaction.js';
import { currentRequest } from '#libs/tracing/request-scope.js';

const LEVELS: Record<LogLevel, number> = { debug: 20, info: 30, warning: 40, error: 50, critical: 60 };

/** What the framework says of its own start: a line a module and a route, for debugging only. */
const FRAMEWORK_CONTEXTS: ReadonlySet<unknown> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

const STDOUT = 1;

/** Takes whole lines, each with its line break. */
export interface LineStream {
  write(line: string): void;
}

/**
 * Writes a line of JSON for each message, or coloured text on a terminal: `level`, `time`, `context`, `message`,
 * and during a request `requestId` and `traceId`. Written synchronously: no line is lost however the process ends.
 */
export class RegistryLogger implements LoggerService {
  private readonly lines: Pino<LogLevel>;

  constructor(config: AppConfig, stream: LineStream) {
    const redaction = new SecretRedaction(config);
    const output: LineStream = {
      write: (line) => {
        stream.write(redaction.redact(line));
      },
    };
    this.lines = pino<LogLevel>(
      {
        level: config.logLevel,
        customLevels: LEVELS,
        useOnlyCustomLevels: true,
        base: undefined,
        messageKey: 'message',
        timestamp: stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        mixin: requestFields,
      },
      output,
    );
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write(FRAMEWORK_CONTEXTS.has(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    // A start that fails says why in a line of its own.
    this.write(FRAMEWORK_CONTEXTS.has(rest.at(-1)) ? 'debug' : 'error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warning', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('critical', message, rest);
  }

  /** @param rest the context last and, of an error, the stack before it; a message that is an object gives its fields */
  private write(level: LogLevel, message: unknown, rest: readonly unknown[]): void {
    const [context, stack] = [rest.at(-1), rest.at(-2)];
    const fields = {
      ...(typeof context === 'string' && { context }),
      ...(typeof stack === 'string' && { stack }),
    };
    if (typeof message === 'object' && message !== null && !(message instanceof Error)) {
      this.lines[level]({ ...fields, ...message });
    } else {
      this.lines[level](fields, message instanceof Error ? message.message : String(message));
    }
  }
}

/** To standard output. */
export async function registryLogger(config: AppConfig): Promise<RegistryLogger> {
  return new RegistryLogger(config, process.stdout.isTTY ? await prettyStream() : plainStream());
}

function plainStream(): LineStream {
  return destination({ dest: STDOUT, sync: true });
}

/** In this process: a worker thread might lose the last lines. */
async function prettyStream(): Promise<LineStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    sync: true,
    colorize: true,
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss.l',
    customLevels: LEVELS,
    customColors: 'debug:gray,info:green,warning:yellow,error:red,critical:bgRed',
    useOnlyCustomProps: true,
  });
}

function requestFields(): object {
  const request = currentRequest();
  if (request === undefined) return {};
  const { requestId, trace } = request;
  return trace === undefined ? { requestId } : { requestId, traceId: trace.traceId };
}
