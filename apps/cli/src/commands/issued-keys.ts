import type { Command } from 'commander';
import { Failure } from '../failure.js';
import { dryRunOption, positiveNumber, wholeNumber, type WriteOptions } from '../option-values.js';
import type { Session } from '../session.js';
import { reserveSecretFile, type SecretFile } from '../terminal/secret-file.js';

export interface ExpiryOptions extends WriteOptions {
  readonly expiresAt?: string;
  readonly expiresInDays?: number;
  readonly outputFile?: string;
}

export interface RotationOptions extends ExpiryOptions {
  readonly gracePeriod?: number;
}

/** Options of commands that issue a key. */
export function withExpiry(command: Command, byDefault = 'never by default'): Command {
  return command
    .option('--expires-in-days <days>', `days after which it is refused; ${byDefault}`, positiveNumber)
    .option('--expires-at <time>', 'the same as a time, such as 2027-01-31T00:00:00Z')
    .option('--output-file <file>', 'write the key there, readable by you only; the file must not exist yet')
    .addOption(dryRunOption());
}

/** Options of commands that replace a key. */
export function withRotation(command: Command, byDefault?: string): Command {
  return withExpiry(
    command.option(
      '--grace-period <seconds>',
      'how long the old key lives on; not at all by default',
      wholeNumber,
    ),
    byDefault,
  );
}

interface Handover<Issued> {
  readonly path: string;
  readonly body: object;
  readonly options: ExpiryOptions;
  /** What the key is, in messages. */
  readonly kind: string;
  readonly secretOf: (issued: Issued) => string;
}

/** Issues a key and shows it on stdout, or writes it to a file that is created before the key is issued. */
export async function handOver<Issued extends { readonly id: string }>(
  session: Session,
  handover: Handover<Issued>,
): Promise<void> {
  const { path, body, options } = handover;
  const file =
    options.outputFile === undefined || options.dryRun === true
      ? undefined
      : await reserveSecretFile(options.outputFile);
  try {
    const issued = await session.change<Issued>({ method: 'POST', path, body }, options);
    if (issued !== undefined) await show(session, issued, handover, file);
  } finally {
    await file?.close();
  }
}

async function show<Issued extends { readonly id: string }>(
  { output }: Session,
  issued: Issued,
  { kind, secretOf }: Handover<Issued>,
  file: SecretFile | undefined,
): Promise<void> {
  const secret = secretOf(issued);
  if (file === undefined) {
    output.say(`This is ${kind} ${issued.id}, shown this once: keep it safe, the registry does not have it.`);
    output.done(secret, issued);
    return;
  }
  await file.write(secret).catch((error: unknown) => {
    throw new Failure(
      `${file.path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}): ` +
        `the secret of ${kind} ${issued.id} is lost, so revoke it`,
    );
  });
  const rest = Object.fromEntries(Object.entries(issued).filter(([, value]) => value !== secret));
  output.done(`${kind} ${issued.id} is in ${file.path}.`, { ...rest, outputFile: file.path });
}

/** Why a key is not accepted any more; `undefined` when it is neither revoked nor expired. */
export function keyState({
  revokedAt,
  expiresAt,
}: {
  readonly revokedAt: string | null;
  readonly expiresAt: string | null;
}): 'revoked' | 'expired' | undefined {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : undefined;
}
