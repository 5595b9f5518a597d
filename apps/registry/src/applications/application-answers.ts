import { editedStateTag } from '#libs/entity-tags/edited-state-tag.js';
import { TaggedResponse } from '#libs/entity-tags/tagged-response.js';
import { toResponse } from '#libs/responses/response-field.decorator.js';
import type { EnvironmentResponse } from '../environments/dto/environment.response.js';
import type { ApplicationEntity } from './application.entity.js';
import { AppKeyAliasResponse } from './dto/app-key-alias.response.js';
import {
  ApplicationResponse,
  ApplicationWithEnvironmentsResponse,
  SingleApplicationResponse,
} from './dto/application.response.js';

/** An application without its environments; where these are given, under the entity tag of the application with them. */
export function answer(
  application: ApplicationEntity,
  environments: readonly EnvironmentResponse[] | undefined,
): TaggedResponse<ApplicationResponse> {
  const tag = environments && tagOf(application, environments);
  return new TaggedResponse(toResponse(ApplicationResponse, application), tag);
}

/** An application with its environments and the app keys that it had before; these end by themselves, and are no part of the tag. */
export function singleAnswer(
  application: ApplicationEntity,
  environments: readonly EnvironmentResponse[],
  aliases: readonly AppKeyAliasResponse[],
): TaggedResponse<SingleApplicationResponse> {
  const formerAppKeys = aliases.map((alias) => toResponse(AppKeyAliasResponse, alias));
  const single = toResponse(SingleApplicationResponse, application, { environments, formerAppKeys });
  return new TaggedResponse(single, tagOf(application, environments));
}

/** The entity tag of an application, which is that of the application with its environments. */
export function tagOf(application: ApplicationEntity, environments: readonly EnvironmentResponse[]): string {
  return editedStateTag(withEnvironments(application, environments));
}

export function withEnvironments(
  application: ApplicationEntity,
  environments: readonly EnvironmentResponse[],
): ApplicationWithEnvironmentsResponse {
  return toResponse(ApplicationWithEnvironmentsResponse, application, { environments });
}
