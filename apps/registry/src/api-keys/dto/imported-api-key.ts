import type { ImportOrigin } from '#libs/domain/import-record.js';

/** A key another registry has, known by its bcrypt hash only. */
export interface ImportedApiKey {
  readonly name: string;
  readonly hashedKey: string;
  readonly isActive: boolean;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly origin?: ImportOrigin;
}
