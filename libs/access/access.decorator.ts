import { applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { OperatorRole } from '../domain/operator.js';
import { ApiProblems } from '../problem-details/api-problems.decorator.js';
import { SECURITY_SCHEMES } from './security-schemes.js';

/**
 * Who may call a route.
 * - `public`: everybody
 * - a role: operators of this role, or of one that includes it, within what they are bound to
 * - `unbound-admin`: operators of the role admin who are bound to nothing in particular
 * - `application`: the application, with a key of any of its environments; the route says which one is meant
 * - `application-or-editor`: the application named in the path, or an operator who may change it. With `X-Environment` only a
 *   key of that environment is accepted
 * - `discovery`: everybody, or with ENDPOINTS_REQUIRE_KEY the application asked for or an operator
 * - `agents`: operators of the role agent, applications, or with MCP_ACCESS=public everybody. With `X-Environment` only a key
 *   of that environment is accepted
 */
export type AccessPolicy =
  | OperatorRole
  | 'unbound-admin'
  | 'public'
  | 'application'
  | 'application-or-editor'
  | 'discovery'
  | 'agents';

export const AccessPolicyOf = Reflector.createDecorator<AccessPolicy>();

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The access policy on the Fastify route, known before Nest finds the handler. */
    access?: AccessPolicy;
  }
}

const { adminKey, operatorKey, session, appKey, apiKey, environment } = SECURITY_SCHEMES;
type Requirement = Readonly<Record<string, string[]>>;
const ADMIN: readonly Requirement[] = [{ [adminKey.id]: [] }, { [operatorKey.id]: [] }, { [session.id]: [] }];
const APPLICATION: readonly Requirement[] = [
  { [appKey.id]: [], [apiKey.id]: [] },
  { [appKey.id]: [], [apiKey.id]: [], [environment.id]: [] },
];

const SECURITY: Record<AccessPolicy, readonly Requirement[]> = {
  public: [],
  agent: ADMIN,
  viewer: ADMIN,
  editor: ADMIN,
  admin: ADMIN,
  'unbound-admin': ADMIN,
  application: APPLICATION,
  'application-or-editor': [...ADMIN, ...APPLICATION],
  discovery: [{}, ...ADMIN, ...APPLICATION],
  agents: [...ADMIN, ...APPLICATION],
};

const REFUSALS: Record<AccessPolicy, readonly number[]> = {
  public: [],
  agent: [401, 403],
  viewer: [401, 403],
  editor: [401, 403],
  admin: [401, 403],
  'unbound-admin': [401, 403],
  application: [401, 403],
  'application-or-editor': [401, 403],
  discovery: [401, 403],
  agents: [401, 403],
};

/** The least role of operators on a route; `undefined` where their role does not count. */
function leastRole(policy: AccessPolicy): OperatorRole | undefined {
  switch (policy) {
    case 'public':
    case 'application':
      return undefined;
    case 'application-or-editor':
      return 'editor';
    case 'discovery':
    case 'agents':
      return 'agent';
    case 'unbound-admin':
      return 'admin';
    default:
      return policy;
  }
}

/** Declares who may call a route: the guard and the OpenAPI document follow from it. */
export function Access(policy: AccessPolicy): MethodDecorator {
  const role = leastRole(policy);
  return applyDecorators(
    ...(role === undefined ? [] : [ApiExtension('x-required-role', role)]),
    AccessPolicyOf(policy),
    RouteConfig({ access: policy }),
    ...SECURITY[policy].map((requirement) => ApiSecurity(requirement)),
    ApiProblems(...REFUSALS[policy]),
  );
}
