import { ConsoleLogger, Logger } from '@nestjs/common';
import { startEmbeddedPostgres } from '../../libs/embedded-postgres/start-embedded-postgres.js';

/** A service reduced to its database: owns the embedded server of the directory in argv until SIGTERM. */
const [, , dataDir = ''] = process.argv;

class StderrLogger extends ConsoleLogger {
  protected override printMessages(messages: unknown[]): void {
    process.stderr.write(`${messages.join(' ')}\n`);
  }
}
Logger.overrideLogger(new StderrLogger());

try {
  const postgres = await startEmbeddedPostgres({
    dataDir,
    parameters: { fsync: 'off', full_page_writes: 'off' },
  });
  process.once('SIGTERM', () => {
    void postgres.stop().then(() => process.exit(0));
  });
  process.stdout.write(
    `${JSON.stringify({ url: postgres.url, takenOver: postgres.takenOver, pid: process.pid })}\n`,
  );
  // Resolves only when the server is gone for good.
  const keepAlive = setInterval(() => undefined, 60_000);
  const failure = await postgres.failure;
  clearInterval(keepAlive);
  throw failure;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
