import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';
import type { McpServerEntry } from '../mcp-server-entry.js';

const OFFICIAL = 'io.modelcontextprotocol.registry/official';

class RemoteHeaderResponse {
  @ResponseField({ example: 'X-Admin-Key' })
  readonly name!: string;

  @ResponseField({ example: 'Key of an operator of the role agent' })
  readonly description!: string;

  @ResponseField({ example: true })
  readonly isRequired!: boolean;

  @ResponseField({ example: true })
  readonly isSecret!: boolean;
}

class RemoteResponse {
  @ResponseField({ enum: ['streamable-http'], example: 'streamable-http' })
  readonly type!: 'streamable-http';

  @ResponseField({ example: 'https://registry.example.com/mcp' })
  readonly url!: string;

  @ResponseField({ type: [RemoteHeaderResponse], required: false })
  readonly headers?: RemoteHeaderResponse[];
}

export class McpServerEntryResponse implements McpServerEntry {
  @ResponseField({ example: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json' })
  readonly $schema!: string;

  @ResponseField({ example: 'com.example.registry/mcp-registry' })
  readonly name!: string;

  @ResponseField({ example: 'MCP Registry' })
  readonly title!: string;

  @ResponseField({ example: 'Finds the REST endpoints of your organisation.' })
  readonly description!: string;

  @ResponseField({ example: '0.1.0' })
  readonly version!: string;

  @ResponseField({ type: [RemoteResponse] })
  readonly remotes!: RemoteResponse[];
}

class OfficialMetaResponse {
  @ResponseField({ enum: ['active'], example: 'active' })
  readonly status!: string;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly publishedAt!: string;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly updatedAt!: string;

  @ResponseField({ example: true })
  readonly isLatest!: boolean;
}

class EntryMetaResponse {
  @ResponseField({ type: OfficialMetaResponse })
  readonly [OFFICIAL]!: OfficialMetaResponse;
}

export class CatalogItemResponse {
  @ResponseField({ type: McpServerEntryResponse })
  readonly server!: McpServerEntryResponse;

  @ResponseField({ type: EntryMetaResponse })
  readonly _meta!: EntryMetaResponse;
}

class CatalogMetadataResponse {
  @ResponseField({ type: 'integer', example: 1 })
  readonly count!: number;

  @ResponseField({ type: String, required: false, example: 'eyJhZnRlciI6MX0' })
  readonly nextCursor?: string;
}

export class CatalogResponse {
  @ResponseField({ type: [CatalogItemResponse] })
  readonly servers!: CatalogItemResponse[];

  @ResponseField({ type: CatalogMetadataResponse })
  readonly metadata!: CatalogMetadataResponse;
}
