import { applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiSecurity } from '@nestjs/swagger';
import { ApiProblems } from '../problem-details/api-problems.decorator.js';
import { SECURITY_SCHEMES } from './security-schemes.js';

/**
 * Who may call a route.
 * - `public`: everybody
 * - `admin`: the operator
 * - `application`: the application, with a key of any of its environments; the route says which one is meant
 * - `application-or-admin`: the application named in the path, or the operator. With `X-Environment` only a
 *   key of that environment is accepted
 * - `discovery`: everybody, or with ENDPOINTS_REQUIRE_KEY the application asked for or the operator
 */
export type AccessPolicy = 'public' | 'admin' | 'application' | 'application-or-admin' | 'discovery';

export const AccessPolicyOf = Reflector.createDecorator<AccessPolicy>();

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The same on the route itself, where it is known before there is a handler. */
    access?: AccessPolicy;
  }
}

const { adminKey, appKey, apiKey, environment } = SECURITY_SCHEMES;
type Requirement = Readonly<Record<string, string[]>>;
const ADMIN: readonly Requirement[] = [{ [adminKey.id]: [] }];
const APPLICATION: readonly Requirement[] = [
  { [appKey.id]: [], [apiKey.id]: [] },
  { [appKey.id]: [], [apiKey.id]: [], [environment.id]: [] },
];

const SECURITY: Record<AccessPolicy, readonly Requirement[]> = {
  public: [],
  admin: ADMIN,
  application: APPLICATION,
  'application-or-admin': [...ADMIN, ...APPLICATION],
  discovery: [{}, ...ADMIN, ...APPLICATION],
};

const REFUSALS: Record<AccessPolicy, readonly number[]> = {
  public: [],
  admin: [401],
  application: [401],
  'application-or-admin': [401, 403],
  discovery: [401, 403],
};

/** Declares who may call a route: the guard and the OpenAPI document follow from it. */
export function Access(policy: AccessPolicy): MethodDecorator {
  return applyDecorators(
    AccessPolicyOf(policy),
    RouteConfig({ access: policy }),
    ...SECURITY[policy].map((requirement) => ApiSecurity(requirement)),
    ApiProblems(...REFUSALS[policy]),
  );
}
