import type { CallToolResult } from '@modelcontextprotocol/server';
import { Injectable } from '@nestjs/common';
import type { Bindings } from '#libs/access/bindings.js';
import type { PlainCall } from './plain-call.js';
import { SERVER_INFO } from './server-info.js';
import { CallFailed, ToolCalls } from './tool-calls.js';

/** What results of version 2026-07-28 have beyond those before. */
const MODERN_MEMBERS = `"resultType":"complete","_meta":${JSON.stringify({
  'io.modelcontextprotocol/serverInfo': SERVER_INFO,
})}`;

/** Answers plain calls with the JSON that the server of the SDK would send. */
@Injectable()
export class PlainAnswers {
  /** Results that are given again are written once. */
  private readonly written = new WeakMap<CallToolResult, string>();

  constructor(private readonly calls: ToolCalls) {}

  async answerTo({ id, name, input, isModern }: PlainCall, bindings: Bindings): Promise<string> {
    const envelope = `"jsonrpc":"2.0","id":${JSON.stringify(id)}`;
    try {
      const json = this.jsonOf(await this.calls.call(name, input, bindings));
      const result = isModern ? `${json.slice(0, -1)},${MODERN_MEMBERS}}` : json;
      return `{"result":${result},${envelope}}`;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      return `{${envelope},"error":${JSON.stringify({ code: error.code, message: error.message })}}`;
    }
  }

  private jsonOf(result: CallToolResult): string {
    const known = this.written.get(result);
    if (known !== undefined) return known;
    const json = JSON.stringify(result);
    this.written.set(result, json);
    return json;
  }
}
