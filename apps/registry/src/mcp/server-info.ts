import { version } from '../version.js';

/** What the registry calls itself. */
export const SERVER_INFO = { name: 'mcp-registry', title: 'MCP Registry', version };
