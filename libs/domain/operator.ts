/** What an operator is; an agent is a program that discovers and calls endpoints. */
export const OPERATOR_KINDS = ['person', 'service', 'agent'] as const;
export type OperatorKind = (typeof OPERATOR_KINDS)[number];

/**
 * What an operator may do; each role includes those before it.
 * - `agent`: discovery
 * - `viewer`: reads everything but secrets
 * - `editor`: creates and changes applications, environments, endpoints and API keys, probes now
 * - `admin`: deletes applications and environments, operators and their keys
 */
export const OPERATOR_ROLES = ['agent', 'viewer', 'editor', 'admin'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** Whether an operator of `role` may do what needs at least the role `least`. */
export function includesRole(role: OperatorRole, least: OperatorRole): boolean {
  return OPERATOR_ROLES.indexOf(role) >= OPERATOR_ROLES.indexOf(least);
}
