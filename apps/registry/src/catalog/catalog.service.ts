import { Injectable } from '@nestjs/common';
import { AppConfig } from '#libs/config/app-config.js';
import { InvalidInput } from '#libs/problem-details/invalid-input.js';
import { CatalogSwitchedOff, ServerNotFound } from './catalog.errors.js';
import type { CatalogQuery } from './dto/catalog.query.js';
import type { CatalogItemResponse, CatalogResponse } from './dto/catalog.response.js';
import { type McpServerEntry, ownCard, ownEntry, type ReachedAt } from './mcp-server-entry.js';

const DEFAULT_LIMIT = 30;
const LATEST = 'latest';

/** What a page of the catalogue follows from. VS Code drops the search on later pages, so the cursor holds it. */
interface Place {
  readonly after: number;
  readonly search: string;
}

/** The catalogue of MCP servers in the form of the MCP Registry API v0.1. Its one entry is this registry. */
@Injectable()
export class CatalogService {
  /** The entry changes with the version only, which starts with the process. */
  private readonly startedAt = new Date();

  constructor(private readonly config: AppConfig) {}

  /** @throws CatalogSwitchedOff, InvalidInput for a cursor that is none */
  list(query: CatalogQuery, reachedAt: ReachedAt): CatalogResponse {
    const { limit = DEFAULT_LIMIT, cursor, updated_since: since, version = LATEST } = query;
    const { after, search } =
      cursor === undefined ? { after: 0, search: query.search ?? '' } : placeOf(cursor);
    const all = this.items(reachedAt).filter(
      ({ server }) =>
        server.name.toLowerCase().includes(search.toLowerCase()) &&
        (version === LATEST || server.version === version) &&
        (since === undefined || this.startedAt > since),
    );
    const servers = all.slice(after, after + limit);
    const isLast = after + limit >= all.length;
    return {
      servers,
      metadata: {
        count: servers.length,
        ...(!isLast && { nextCursor: cursorOf({ after: after + limit, search }) }),
      },
    };
  }

  /** The versions of a server. @throws CatalogSwitchedOff, ServerNotFound */
  versions(name: string, reachedAt: ReachedAt): CatalogResponse {
    const servers = this.items(reachedAt).filter(({ server }) => server.name === name);
    if (servers.length === 0) throw new ServerNotFound(name);
    return { servers, metadata: { count: servers.length } };
  }

  /** A version of a server, or its latest. @throws CatalogSwitchedOff, ServerNotFound */
  version(name: string, version: string, reachedAt: ReachedAt): CatalogItemResponse {
    const [item] = this.items(reachedAt).filter(
      ({ server }) => server.name === name && (version === LATEST || server.version === version),
    );
    if (item === undefined) throw new ServerNotFound(name, version);
    return item;
  }

  /** The Server Card of this registry. @throws CatalogSwitchedOff */
  card(reachedAt: ReachedAt): McpServerEntry {
    this.requireCatalog();
    return ownCard(reachedAt, this.config);
  }

  private items(reachedAt: ReachedAt): CatalogItemResponse[] {
    this.requireCatalog();
    const at = this.startedAt.toISOString();
    return [
      {
        server: ownEntry(reachedAt, this.config) as CatalogItemResponse['server'],
        _meta: {
          'io.modelcontextprotocol.registry/official': {
            status: 'active',
            publishedAt: at,
            updatedAt: at,
            isLatest: true,
          },
        },
      },
    ];
  }

  private requireCatalog(): void {
    if (!this.config.mcp.catalog) throw new CatalogSwitchedOff();
  }
}

/** Of characters that need no encoding in a URL: VS Code encodes none. */
function cursorOf(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function placeOf(cursor: string): Place {
  try {
    const { after, search } = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as Partial<Place>;
    if (Number.isSafeInteger(after) && typeof search === 'string' && after !== undefined && after >= 0) {
      return { after, search };
    }
  } catch {
    // Not made here: refused below.
  }
  throw new InvalidInput([{ pointer: '#/cursor', detail: 'must be the metadata.nextCursor of a page' }]);
}
