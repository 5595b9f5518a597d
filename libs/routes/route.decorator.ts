import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  type ApiResponseOptions,
} from '@nestjs/swagger';
import { Access, type AccessPolicy } from '../access/access.decorator.js';
import { type AuditAction, Audited } from '../audit-trail/audited.decorator.js';
import { AcceptsIfMatch, ETAG_HEADER } from '../entity-tags/conditional.decorator.js';
import { ApiListing } from '../pagination/api-listing.decorator.js';
import { ApiProblems } from '../problem-details/api-problems.decorator.js';

/** The success response of a route: 200 with one object or a list of them, 201 with the created object, otherwise 204. */
export interface RouteOptions {
  readonly ok?: Type | readonly [Type] | ApiResponseOptions;
  /** A JSON array that may be paged; see {@link ApiListing}. */
  readonly list?: Type;
  /** What each line is when a list is asked for as NDJSON. */
  readonly line?: Type;
  readonly created?: Type;
  /** The action of a route that changes something. */
  readonly audited?: AuditAction;
  /** The success response is a `TaggedResponse`. */
  readonly tagged?: true;
  /** The route takes `If-Match`, which its service evaluates (`Preconditions`): the resource whose entity tag it is. */
  readonly ifMatch?: string;
  readonly description?: string;
  /** Statuses of errors beyond those that every route, or the access policy, brings. */
  readonly problems?: readonly number[];
}

/** Declares access, audit, status and documentation of a route; its method and path are those of Nest's decorators. */
export function Route(access: AccessPolicy, summary: string, options: RouteOptions): MethodDecorator {
  const { audited, ifMatch, description, problems = [] } = options;
  return applyDecorators(
    Access(access),
    ...(audited === undefined ? [] : [Audited(audited)]),
    ApiOperation({ summary, ...(description !== undefined && { description }) }),
    ...success(options),
    ApiProblems(...problems),
    ...(ifMatch === undefined ? [] : [AcceptsIfMatch(ifMatch)]),
  );
}

function success({ ok, list, line, created, tagged }: RouteOptions): MethodDecorator[] {
  const headers = tagged && { headers: ETAG_HEADER };
  if (created !== undefined) return [HttpCode(201), ApiCreatedResponse({ type: created, ...headers })];
  if (list !== undefined) return [HttpCode(200), ApiListing(list, line)];
  if (ok !== undefined) {
    const isType = typeof ok === 'function' || Array.isArray(ok);
    return [
      HttpCode(200),
      ApiOkResponse({ ...(isType ? { type: ok as Type | [Type] } : (ok as ApiResponseOptions)), ...headers }),
    ];
  }
  return [HttpCode(204), ApiNoContentResponse()];
}
