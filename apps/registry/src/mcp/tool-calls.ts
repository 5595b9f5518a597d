import type { CallToolResult, JsonSchemaType, JsonSchemaValidator } from '@modelcontextprotocol/server';
import { Injectable, Logger } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import { translateDatabaseError } from '#libs/database/database-errors.js';
import { DomainError } from '#libs/problem-details/domain-error.js';
import { Tracing } from '#libs/tracing/tracing.js';
import { ToolMetrics } from './mcp-metrics.js';
import { type McpTool, refusalOf, ToolRefusal } from './mcp-tool.js';
import { McpTools } from './mcp-tools.js';

/** JSON-RPC 2.0, section 5.1. */
const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;
const MAX_SHOWN_NAME = 80;

/** A call that gets an error of the protocol in place of a result. */
export class CallFailed extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

type Validators = ReadonlyMap<string, JsonSchemaValidator<unknown>>;

/** Carries out calls of tools: checks what they are given, counts them, and says what went wrong. */
@Injectable()
export class ToolCalls {
  private readonly logger = new Logger(ToolCalls.name);
  private readonly tools: ReadonlyMap<string, McpTool>;
  /** Of the inputs, compiled at the first call: the start does not wait for them. */
  private validators: Promise<Validators> | undefined;

  constructor(
    { all }: McpTools,
    private readonly metrics: ToolMetrics,
    private readonly tracing: Tracing,
  ) {
    this.tools = new Map(all.map((tool) => [tool.definition.name, tool]));
  }

  has(name: string): boolean {
    return this.tools.has(name);
  }

  /** @throws CallFailed when there is no such tool, or the registry fails */
  async call(name: string, input: unknown, bindings: Bindings): Promise<CallToolResult> {
    const tool = this.tools.get(name);
    if (tool === undefined) {
      const known = [...this.tools.keys()].join(', ');
      throw new CallFailed(
        INVALID_PARAMS,
        `There is no tool "${name.slice(0, MAX_SHOWN_NAME)}". There are: ${known}.`,
      );
    }
    this.tracing.annotate({ 'mcp.method.name': 'tools/call', 'gen_ai.tool.name': name });
    const measured = this.metrics.begin(name);
    try {
      await this.refuseInvalid(tool, input);
      const { result, results } = await tool.call(input, bindings);
      measured.answered(results);
      return result;
    } catch (error) {
      const refusal = refusalTextOf(error);
      measured.failed(refusal === undefined ? 'error' : 'refused');
      if (refusal !== undefined) return refusalOf(refusal);
      this.logger.error(`${name} failed: ${(error as Error).message}`, (error as Error).stack);
      throw new CallFailed(INTERNAL_ERROR, 'The registry could not answer. Try again later.');
    }
  }

  /** @throws ToolRefusal when the schema of the tool does not accept the input */
  private async refuseInvalid({ definition: { name, inputSchema } }: McpTool, input: unknown): Promise<void> {
    this.validators ??= compiled([...this.tools.values()]);
    const result = (await this.validators).get(name)?.(input);
    if (result?.valid !== false) return;
    throw new ToolRefusal(
      `${name} was called with arguments that its schema does not accept: ${result.errorMessage.slice(0, 500)}. ` +
        `Allowed are: ${Object.keys(inputSchema.properties ?? {}).join(', ')}.`,
    );
  }
}

async function compiled(tools: readonly McpTool[]): Promise<Validators> {
  const { AjvJsonSchemaValidator } = await import('@modelcontextprotocol/server/validators/ajv');
  const validators = new AjvJsonSchemaValidator();
  return new Map(
    tools.map(({ definition: { name, inputSchema } }) => [
      name,
      validators.getValidator(inputSchema as JsonSchemaType),
    ]),
  );
}

/** What the agent is told; undefined: the registry failed. */
function refusalTextOf(error: unknown): string | undefined {
  if (error instanceof ToolRefusal) return error.message;
  const refusal = error instanceof DomainError ? error : translateDatabaseError(error);
  return refusal?.message;
}
