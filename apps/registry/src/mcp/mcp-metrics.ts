import { Injectable } from '@nestjs/common';
import { type Counter, type Histogram, Metrics } from '#libs/metrics/metrics.js';

/** How a call ended. */
type Outcome = 'answered' | 'empty' | 'refused' | 'error';

/** One call, from its beginning. */
export interface MeasuredCall {
  /** @param results how many of what was asked for the answer has */
  answered(results: number): void;
  failed(outcome: 'refused' | 'error'): void;
}

/** Counts what agents ask, and how they fare. */
@Injectable()
export class ToolMetrics {
  private readonly calls: Counter<'tool' | 'outcome'>;
  private readonly seconds: Histogram<'tool'>;
  private readonly results: Histogram<'tool'>;

  constructor(metrics: Metrics) {
    this.calls = metrics.counter({
      name: 'mcp_registry_mcp_calls_total',
      help: 'Calls of MCP tools: answered, without any result (empty), refused because of their arguments, or failed (error).',
      labels: ['tool', 'outcome'],
    });
    this.seconds = metrics.histogram({
      name: 'mcp_registry_mcp_call_seconds',
      help: 'How long calls of MCP tools took.',
      labels: ['tool'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    });
    this.results = metrics.histogram({
      name: 'mcp_registry_mcp_results',
      help: 'How many results the answers of MCP tools had.',
      labels: ['tool'],
      buckets: [0, 1, 2, 4, 8, 20, 50, 200],
    });
  }

  begin(tool: string): MeasuredCall {
    const began = performance.now();
    const end = (outcome: Outcome): void => {
      this.calls.inc({ tool, outcome });
      this.seconds.observe({ tool }, (performance.now() - began) / 1000);
    };
    return {
      answered: (results) => {
        this.results.observe({ tool }, results);
        end(results === 0 ? 'empty' : 'answered');
      },
      failed: end,
    };
  }
}
