import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { definitionName } from '#libs/domain/definition.js';
import type { Endpoint } from '#libs/domain/endpoint.js';
import { isObject, type JsonObject } from '#libs/openapi/json-object.js';
import { references } from '#libs/openapi/schema-keywords.js';
import {
  EndpointDetailsRepository,
  type ListedApplication,
  type ListedEndpoint,
  type LocatedEndpoint,
  type OperationName,
} from './endpoint-details.repository.js';

/** Longer ones are said to be too long: no agent could read them. */
const MAX_ENDPOINT_BYTES = 256 * 1024;
const MAX_DEFINITION_BYTES = 64 * 1024;
const MAX_DEFINITIONS = 100;
/** How far references are followed: what is further away does not fit into the answer. */
const MAX_DISTANCE = 4;

/** An endpoint with the shared definitions that its schemas refer to. */
export interface EndpointDetails extends Omit<LocatedEndpoint, 'endpoint'> {
  /** null: it is too long to be told. */
  readonly endpoint: Endpoint | null;
  /** By name; those that are too long, or too far away, are missing. */
  readonly definitions: JsonObject;
}

/** Single endpoints and plain lists for agents, within what each may see. */
@Injectable()
export class EndpointDetailsService {
  constructor(private readonly repository: EndpointDetailsRepository) {}

  /** The endpoints of these ids, in their order; those that the caller does not see are left out. */
  async byIds(ids: readonly string[], bindings: Bindings): Promise<EndpointDetails[]> {
    const rows = await this.repository.byIds(ids, bindings, MAX_ENDPOINT_BYTES);
    const byId = new Map(rows.map((row) => [row.id, row]));
    const details: EndpointDetails[] = [];
    for (const id of new Set(ids)) {
      const row = byId.get(id);
      if (row !== undefined) details.push(await this.withDefinitions(row));
    }
    return details;
  }

  async byName(name: OperationName, bindings: Bindings): Promise<EndpointDetails | undefined> {
    const row = await this.repository.byName(name, bindings, MAX_ENDPOINT_BYTES);
    return row === undefined ? undefined : this.withDefinitions(row);
  }

  /** By app key, at most `limit`: those after a key. */
  applications(
    filter: { readonly environment: string; readonly healthStatus: string | undefined },
    bindings: Bindings,
    after: string | undefined,
    limit: number,
  ): Promise<ListedApplication[]> {
    return this.repository.applications(filter, bindings, after, limit);
  }

  /** By path and method, at most `limit`; `undefined`: the caller sees no such environment. */
  async endpoints(
    {
      application,
      environment,
      tag,
    }: { readonly application: string; readonly environment: string; readonly tag: string | undefined },
    bindings: Bindings,
    after: readonly [path: string, method: string] | undefined,
    limit: number,
  ): Promise<ListedEndpoint[] | undefined> {
    const id = await this.repository.environmentId(application, environment, bindings);
    return id === undefined ? undefined : this.repository.endpoints(id, tag, after, limit);
  }

  /** The names of the environments that the caller sees, of an application or of all; at most twenty. */
  environmentNames(appKey: string | undefined, bindings: Bindings): Promise<string[]> {
    return this.repository.environmentNames(appKey, bindings);
  }

  private async withDefinitions({ endpoint: json, ...located }: LocatedEndpoint): Promise<EndpointDetails> {
    if (json === null) return { ...located, endpoint: null, definitions: {} };
    const endpoint = JSON.parse(json) as Endpoint;
    const { pathParams, queryParams, headerParams, cookieParams, requestBody, responseBody } = endpoint;
    const schemas = [pathParams, queryParams, headerParams, cookieParams, requestBody, responseBody];
    return { ...located, endpoint, definitions: await this.definitions(located.environmentId, schemas) };
  }

  private async definitions(environmentId: string, schemas: readonly unknown[]): Promise<JsonObject> {
    const found = new Map<string, unknown>();
    const asked = new Set<string>();
    let pending: readonly unknown[] = schemas;
    for (let distance = 0; distance < MAX_DISTANCE; distance++) {
      const names = pending
        .filter(isObject)
        .flatMap((schema) => references(schema))
        .flatMap((reference) => definitionName(reference) ?? [])
        .filter((name) => !asked.has(name));
      const next = [...new Set(names)].slice(0, MAX_DEFINITIONS - found.size);
      if (next.length === 0) break;
      for (const name of next) asked.add(name);
      const rows = await this.repository.definitions(environmentId, next, MAX_DEFINITION_BYTES);
      pending = rows.map(([name, definition]) => {
        const schema: unknown = JSON.parse(definition);
        found.set(name, schema);
        return schema;
      });
    }
    return Object.fromEntries(found);
  }
}
