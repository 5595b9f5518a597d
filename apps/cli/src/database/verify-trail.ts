import { readFile } from 'node:fs/promises';
import type { VerifiedTrail } from '#registry/audit/chain/audit-verification.js';
import { Failure, WrongUsage } from '../failure.js';
import { Interruption } from '../import/interruption.js';
import { registrySettings } from '../import/registry-settings.js';

interface KeptHead {
  readonly number: number;
  readonly hash: string;
}

/**
 * Verifies the audit trail in the registry's database.
 *
 * @param kept a head that was stored elsewhere, as `number:hash` or as a file with the JSON of `audit head`
 * @throws WrongUsage when there is no database, no SECRET_KEY, or no such head; Failure when it was interrupted
 */
export async function verifyTrail(kept: string | undefined): Promise<VerifiedTrail> {
  const head = kept === undefined ? undefined : await keptHead(kept);
  const settings = await registrySettings('audit verify reads');
  // They load the registry, which would slow down every other command.
  const { openRegistryDatabase } = await import('../import/registry-database.js');
  const { AuditVerification } = await import('#registry/audit/chain/audit-verification.js');
  const registry = await openRegistryDatabase(settings);
  const interruption = new Interruption();
  try {
    const verified = await registry.get(AuditVerification).verify(head, () => interruption.happened());
    if (verified === undefined) throw new Failure('Interrupted: the trail was not verified.');
    return verified;
  } finally {
    interruption.dispose();
    await registry.close();
  }
}

async function keptHead(given: string): Promise<KeptHead> {
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(given) ?? [];
  if (number !== undefined && hash !== undefined) return { number: Number(number), hash };
  let text: string;
  try {
    text = await readFile(given, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new WrongUsage(`--head: ${given} is neither number:hash nor a file (${code})`);
  }
  const head = headIn(text);
  if (head === undefined) throw new WrongUsage(`--head: ${given} does not have the JSON of audit head`);
  return head;
}

function headIn(text: string): KeptHead | undefined {
  try {
    const { number, hash } = JSON.parse(text) as Partial<KeptHead>;
    const isHead = Number.isSafeInteger(number) && typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
    return isHead ? ({ number, hash } as KeptHead) : undefined;
  } catch {
    return undefined;
  }
}
