import { isDeepStrictEqual } from 'node:util';
import { newId } from '#libs/database/new-id.js';

/** Where a vault keeps the credentials for an environment, and how often it may be called: a pointer, never a secret. */
interface SecurityFields {
  readonly vaultKey: string | null;
  readonly rateLimitEnabled: boolean;
  /** In each window; null: unknown. */
  readonly rateLimitRequests: number | null;
  /** Seconds; null: unknown. */
  readonly rateLimitWindow: number | null;
}

/** As it is stored with the environment; times are RFC 3339. */
export interface EnvironmentSecurity extends SecurityFields {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What of the pointer a request says; what it leaves out is unknown. */
export type RequestedSecurity = { readonly [Field in keyof SecurityFields]?: SecurityFields[Field] | null };

/** The pointer after a request: the very same one unless a field changes, `undefined` when the request says nothing of it. */
export function securityAfter(
  current: EnvironmentSecurity | null,
  requested: RequestedSecurity | null | undefined,
  now: Date,
): EnvironmentSecurity | null | undefined {
  if (requested == null) return requested;
  const fields: SecurityFields = {
    vaultKey: requested.vaultKey ?? null,
    rateLimitEnabled: requested.rateLimitEnabled ?? false,
    rateLimitRequests: requested.rateLimitRequests ?? null,
    rateLimitWindow: requested.rateLimitWindow ?? null,
  };
  const time = now.toISOString();
  if (current === null) return { id: newId(), ...fields, createdAt: time, updatedAt: time };
  const { id, createdAt, updatedAt: _, ...before } = current;
  return isDeepStrictEqual(before, fields) ? current : { id, ...fields, createdAt, updatedAt: time };
}
