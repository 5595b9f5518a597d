import type { SecretList } from '#libs/config/app-config.js';
import { createDataSource } from '#libs/database/data-source.js';
import { Database } from '#libs/database/database.js';
import { AuditChainRepository } from './audit-chain.repository.js';
import { ChainKeys } from './chain-keys.js';

/** Signs what a migration has sealed of the audit trail. To be called by what ran the migration, and only then. */
export async function signMigratedTrail(url: string, secretKeys: SecretList): Promise<void> {
  await withChain(url, async (chain) => {
    const head = await chain.head();
    if (head?.signature === null) await chain.moveHead(head, new ChainKeys(secretKeys).signHead(head));
  });
}

/**
 * Signs the audit trail as it is, forged or not: at the word of an operator, after SECRET_KEY was lost or leaked.
 *
 * @returns the number of entries, undefined when the trail is signed already
 */
export function adoptTrail(url: string, secretKeys: SecretList): Promise<number | undefined> {
  const keys = new ChainKeys(secretKeys);
  return withChain(url, async (chain) => {
    const head = await chain.head();
    const anchors = await chain.anchors();
    const wrong = anchors.filter((anchor) => keys.judgeRange(anchor.signature, anchor) === 'wrong');
    if (head === undefined) return undefined;
    if (wrong.length === 0 && keys.judgeHead(head.signature, head) !== 'wrong') return undefined;
    for (const anchor of wrong) {
      await chain.anchor(anchor, keys.signRange(anchor), [anchor.firstNumber]);
    }
    await chain.moveHead(head, keys.signHead(head));
    return head.number;
  });
}

async function withChain<T>(url: string, work: (chain: AuditChainRepository) => Promise<T>): Promise<T> {
  const dataSource = createDataSource({ url, maxConnections: 1, onConnectionError: () => undefined }, []);
  await dataSource.initialize();
  try {
    const database = new Database(dataSource);
    return await database.transaction(() => work(new AuditChainRepository(database)));
  } finally {
    await dataSource.destroy();
  }
}
