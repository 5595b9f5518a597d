import { tableNames } from '#libs/database/table-names.js';
import { entities } from '#registry/entities.js';
import type { ReferenceSource } from './reference-source.js';

/** Something in the source that an import does not take over. */
export interface LeftBehind {
  /** A table, or a column with its table. */
  readonly kind: string;
  /** Number of rows; null where the role may not read them. */
  readonly count: number | null;
}

/** Tables without data of the registry, and our own ones where both registries share a database. */
const NO_DATA = new Set(['_prisma_migrations', 'migrations', ...tableNames(entities)]);

/** Columns without a meaning of their own, or whose meaning is imported in another way. */
const WITHOUT_LOSS = new Set([
  'environments.dataAgentId',
  'environments.environmentType',
  'api_keys.userId',
  'environment_security.id',
  'environment_security.createdAt',
  'environment_security.updatedAt',
]);

/**
 * What stays behind: other tables, environments of data agents, and columns that are not read and hold something. Counted
 * in the source, so that it is named whatever the version of the reference.
 */
export async function leftBehind(source: ReferenceSource): Promise<LeftBehind[]> {
  const found: LeftBehind[] = [];
  for (const { name, isReadable } of await source.otherTables()) {
    if (!NO_DATA.has(name))
      found.push({ kind: name, count: isReadable ? await source.countRows(name) : null });
  }
  found.push({ kind: 'environments of data agents', count: await source.countOtherEnvironments() });
  for (const { column, count } of await source.unreadColumns()) {
    if (!WITHOUT_LOSS.has(column)) found.push({ kind: column, count });
  }
  return found.filter(({ count }) => count !== 0);
}
