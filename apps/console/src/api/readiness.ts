import { objectOf } from './json-schema.js';
import type { components } from './schema.js';

type EndpointAnswer = components['schemas']['EndpointResponse'];

/** Something that makes an endpoint hard to use for agents. */
export interface Finding {
  readonly endpoint: EndpointAnswer;
  readonly detail: string;
}

/** Shorter ones say little more than the name. */
const SHORT_DESCRIPTION = 20;
const WITH_BODY = ['POST', 'PUT', 'PATCH'];

/** What agents would miss at endpoints. */
export function findingsOf(endpoints: readonly EndpointAnswer[]): Finding[] {
  const names = new Map<string, number>();
  for (const { name } of endpoints) names.set(name, (names.get(name) ?? 0) + 1);
  return endpoints.flatMap((endpoint) =>
    detailsOf(endpoint, names.get(endpoint.name) ?? 1).map((detail) => ({ endpoint, detail })),
  );
}

/** Share of endpoints without a finding, 0 to 1. */
export function readinessOf(endpoints: readonly EndpointAnswer[], findings: readonly Finding[]): number {
  if (endpoints.length === 0) return 1;
  const poor = new Set(findings.map(({ endpoint }) => endpoint.id));
  return 1 - poor.size / endpoints.length;
}

function detailsOf(endpoint: EndpointAnswer, ofThatName: number): string[] {
  const { description, method, path, requestBody, responseBody, pathParams } = endpoint;
  const details: string[] = [];
  if (description === null || description.trim() === '') details.push('has no description');
  else if (description.trim().length < SHORT_DESCRIPTION) {
    details.push(`has a description of fewer than ${SHORT_DESCRIPTION} characters`);
  }
  if (WITH_BODY.includes(method) && objectOf(requestBody) === undefined) {
    details.push('has no schema of its request body');
  }
  if (objectOf(responseBody) === undefined && method !== 'DELETE') {
    details.push('has no schema of its response');
  }
  const described = Object.keys(objectOf(objectOf(pathParams)?.properties) ?? {});
  for (const [, parameter = ''] of path.matchAll(/\{([^}]+)\}/g)) {
    if (!described.includes(parameter)) details.push(`has no schema of the path parameter ${parameter}`);
  }
  if (ofThatName > 1) details.push('shares its name with another endpoint');
  return details;
}
