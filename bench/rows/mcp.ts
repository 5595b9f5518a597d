import type { Benchmark } from '../benchmark.js';
import type { Load } from '../load/http-load.js';
import { compareRates } from '../load/rates.js';
import { AS_ADMIN } from '../processes/service.js';
import { judgedQuestions } from '../search/data-files.js';

const BARE_SERVER = new URL('../baselines/bare-mcp-server.js', import.meta.url);
const CONNECTIONS = 32;
/** More than the memory of answers holds. */
const DIFFERENT_QUESTIONS = 20_000;
const VERSION = '2026-07-28';

/** Agents that search among 60,000 endpoints: each question again and again, and each a new one. */
export const mcp: Benchmark = {
  name: 'mcp',
  title: 'tools/call search_endpoints on 32 connections, against a bare server of the SDK with an empty tool',
  run: async (stage) => {
    const service = await stage.service({ DATABASE_URL: await stage.database() });
    const bare = await stage.script(BARE_SERVER);
    const questions = (await judgedQuestions()).map(({ query }) => query);
    const different = Array.from({ length: DIFFERENT_QUESTIONS }, (_, index) => {
      const question = questions[index % questions.length] ?? '';
      return `${question} ${index}`;
    });
    // The index is read in the background: the first answer waits for it.
    await fetch(`${service.url}/search?q=orders`, { headers: AS_ADMIN });
    const compare = (asked: readonly string[]): ReturnType<typeof compareRates> =>
      compareRates(
        () => searches(service.url, asked),
        () => searches(bare.url, asked),
      );
    return [
      {
        ...(await compare(questions)),
        what: '120 questions again and again',
        target: { of: 'ratio', bound: 'at least', value: 0.5 },
      },
      {
        ...(await compare(different)),
        what: 'each question for the first time',
        target: { of: 'ratio', bound: 'at least', value: 0.05 },
      },
    ];
  },
};

function searches(url: string, questions: readonly string[]): Load {
  const requests = questions.map((query, id) => ({
    method: 'POST' as const,
    path: '/mcp',
    headers: {
      ...AS_ADMIN,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': VERSION,
      'mcp-method': 'tools/call',
      'mcp-name': 'search_endpoints',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: {
        name: 'search_endpoints',
        arguments: { query },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': VERSION,
          'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  }));
  return { url, connections: CONNECTIONS, requests, status: 200 };
}
