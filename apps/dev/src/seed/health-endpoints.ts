import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SeedFailure } from './registry.js';

/** The response of a health endpoint, `seconds` after the start. */
type Behaviour = (seconds: number) => { readonly status: number; readonly delayMs: number };

const FLAP_SECONDS = 60;
const WAVE_SECONDS = 120;
const SLOWEST_MS = 3000;

const BEHAVIOURS = {
  up: () => ({ status: 200, delayMs: 0 }),
  slow: (seconds) => ({
    status: 200,
    delayMs: (SLOWEST_MS / 2) * (1 - Math.cos((2 * Math.PI * seconds) / WAVE_SECONDS)),
  }),
  down: () => ({ status: 503, delayMs: 0 }),
  flapping: (seconds) => ({
    status: Math.floor(seconds / FLAP_SECONDS) % 2 === 0 ? 200 : 503,
    delayMs: 0,
  }),
} as const satisfies Record<string, Behaviour>;

export type HealthBehaviour = keyof typeof BEHAVIOURS;

/** An HTTP server on 127.0.0.1 with a health endpoint for each behaviour. */
export interface HealthEndpoints {
  /** Host and port. */
  readonly address: string;
  /** Base URL of the health endpoint with this behaviour; `name` distinguishes endpoints of one behaviour. */
  baseUrl(behaviour: HealthBehaviour, name: string): string;
  stop(): Promise<void>;
}

/**
 * @param port 0 selects a free port
 * @throws SeedFailure when the port is taken
 */
export async function startHealthEndpoints(port: number): Promise<HealthEndpoints> {
  const start = performance.now();
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((request, response) => {
    const [, behaviour = ''] = /^\/([a-z]+)\/[^/]+\/health$/.exec(request.url ?? '') ?? [];
    if (!isBehaviour(behaviour)) {
      answer(response, 404);
      return;
    }
    const { status, delayMs } = BEHAVIOURS[behaviour]((performance.now() - start) / 1000);
    const timer = setTimeout(() => {
      timers.delete(timer);
      answer(response, status);
    }, delayMs);
    timers.add(timer);
  });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SeedFailure(
      `Port ${port} of 127.0.0.1 is not free (${String(code)}): choose one with --health-port.`,
    );
  }
  const taken = (server.address() as AddressInfo).port;
  return {
    address: `127.0.0.1:${taken}`,
    baseUrl: (behaviour, name) => `http://127.0.0.1:${taken}/${behaviour}/${name}`,
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function isBehaviour(name: string): name is HealthBehaviour {
  return Object.hasOwn(BEHAVIOURS, name);
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify({ status }));
}
