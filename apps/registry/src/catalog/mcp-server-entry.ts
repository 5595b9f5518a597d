import type { AppConfig } from '#libs/config/app-config.js';
import { version } from '../version.js';

/** The format of entries: server.json of the MCP registry. */
const SCHEMA = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';
/** Of the Server Card (SEP-2127). */
const CARD_SCHEMA = 'https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json';
/** At most a hundred characters: clients refuse longer ones. */
const DESCRIPTION =
  'Finds the REST endpoints of your organisation, whether they are alive, and how to call them.';
const TITLE = 'MCP Registry';

/** A header that clients have to send. */
interface RemoteHeader {
  readonly name: string;
  readonly description: string;
  readonly isRequired: boolean;
  readonly isSecret: boolean;
}

interface Remote {
  readonly type: 'streamable-http';
  readonly url: string;
  readonly headers?: readonly RemoteHeader[];
}

/** What catalogues say of an MCP server. */
export interface McpServerEntry {
  readonly $schema: string;
  /** The reversed host name, then the name of the server. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly remotes: readonly Remote[];
}

/** Where a client has reached the registry. */
export interface ReachedAt {
  /** `http` or `https`. */
  readonly protocol: string;
  /** With the port. */
  readonly host: string;
}

/** This registry as an MCP server, under the address at which the client has reached it. */
export function ownEntry({ protocol, host }: ReachedAt, { http, mcp }: AppConfig): McpServerEntry {
  return {
    $schema: SCHEMA,
    name: `${reversed(host)}/mcp-registry`,
    title: TITLE,
    description: DESCRIPTION,
    version,
    remotes: [
      {
        type: 'streamable-http',
        url: `${protocol}://${host}${http.basePath}/mcp`,
        ...(mcp.access === 'key' && { headers: [KEY_HEADER] }),
      },
    ],
  };
}

/** The same as a Server Card. */
export function ownCard(reachedAt: ReachedAt, config: AppConfig): McpServerEntry {
  return { ...ownEntry(reachedAt, config), $schema: CARD_SCHEMA };
}

const KEY_HEADER: RemoteHeader = {
  name: 'X-Admin-Key',
  description: 'Key of an operator of the role agent, as the operators of the registry issue it',
  isRequired: true,
  isSecret: true,
};

/** `registry.example.com:8000` is `com.example.registry`; addresses, which have no order to reverse, stay as they are. */
function reversed(host: string): string {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const plain = name.replace(/[^a-z\d.-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '');
  const labels = plain.split('.');
  if (labels.length === 1 || /^[\d.]+$/.test(plain) || plain !== name) return `local.${plain}`;
  return labels.reverse().join('.');
}
