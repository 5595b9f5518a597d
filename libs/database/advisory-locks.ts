/**
 * Keys of PostgreSQL's advisory locks, all in one place so that they differ: ASCII texts as numbers, which other programs
 * on the same database are unlikely to use.
 */
export const ADVISORY_LOCKS = {
  /** "mcpreg": one process migrates. */
  migrations: 0x6d6370726567,
  /** "audit": one process prunes the audit trail. */
  auditPruning: 0x6175646974,
  /** "seals": one process seals the audit trail. */
  auditSealing: 0x7365616c73,
  /** "health": one process maintains the history of health checks. */
  healthHistory: 0x6865616c7468,
} as const;
