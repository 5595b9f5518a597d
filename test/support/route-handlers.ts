import type { INestApplication } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { RequestMethod } from '@nestjs/common/enums/request-method.enum.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { type AccessPolicy, AccessPolicyOf } from '#libs/access/access.decorator.js';
import { type AuditAction, Audited } from '#libs/audit-trail/audited.decorator.js';

/** A controller's method that answers requests, with what its decorators declare. */
export interface RouteHandler {
  /** As in the OpenAPI document's `operationId`. */
  readonly id: string;
  readonly method: string;
  readonly access: AccessPolicy | undefined;
  readonly action: AuditAction | undefined;
}

/** Every route handler of every controller in the container. */
export function routeHandlersOf(nest: INestApplication): RouteHandler[] {
  const reflector = nest.get(Reflector);
  const controllers = [...nest.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  return controllers.flatMap(({ name, metatype }) => {
    const prototype = metatype?.prototype as Record<string, () => unknown>;
    return new MetadataScanner().getAllMethodNames(prototype).flatMap((methodName) => {
      const handler = prototype[methodName];
      const verb = handler && (Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined);
      if (handler === undefined || verb === undefined) return [];
      return [
        {
          id: `${String(name).replace(/Controller$/, '')}_${methodName}`,
          method: RequestMethod[verb],
          access: reflector.get(AccessPolicyOf, handler),
          action: reflector.get(Audited, handler),
        },
      ];
    });
  });
}
