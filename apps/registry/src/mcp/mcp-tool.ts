import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import type { Bindings } from '#libs/access/bindings.js';

/** A refusal that the agent reads as the result of its call: it says what to send instead. */
export class ToolRefusal extends Error {}

/** What a tool answers. Some clients show the model the structured content, others the text: both say the same. */
export interface ToolAnswer {
  readonly structured: Readonly<Record<string, unknown>>;
  /** The JSON of `structured` when it is absent. */
  readonly text?: string;
  /** How many of what was asked for the answer has. */
  readonly results: number;
}

/** A tool of the registry. All of them only read. */
export abstract class McpTool {
  /** As `tools/list` shows it, the same to every caller. */
  abstract readonly definition: Tool;

  /**
   * @param input of the tool's `inputSchema`
   * @throws ToolRefusal, DomainError
   */
  abstract call(input: unknown, bindings: Bindings): Promise<ToolAnswer>;
}

/** Of every tool: none changes anything, and none reaches beyond the registry. */
export const READ_ONLY = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };

export function resultOf({ structured, text = JSON.stringify(structured) }: ToolAnswer): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent: { ...structured } };
}

export function refusalOf(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}
