import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import type { Bindings } from '#libs/access/bindings.js';

/** A refusal that the agent reads as the result of its call: it says what to send instead. */
export class ToolRefusal extends Error {}

/** What a tool answers, and how many of what was asked for it has. */
export interface ToolAnswer {
  readonly result: CallToolResult;
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

/**
 * An answer with its content in both forms: some clients show the model the structured one, others the text. They say the same.
 *
 * @param text the JSON of `structured` when it is left out
 */
export function answered(
  structured: Record<string, unknown>,
  results: number,
  text = JSON.stringify(structured),
): ToolAnswer {
  return { result: { content: [{ type: 'text', text }], structuredContent: structured }, results };
}

export function refusalOf(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}
