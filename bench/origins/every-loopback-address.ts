import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerQuestions } from '../processes/answer-questions.js';
import { ready } from '../processes/bench-script.js';
import type { Arrivals } from './loopback-origins.js';

/** Answers 200 to every request and records its time; reports the `arrivals` since the previous question. */
let arrivals = new Map<string, number[]>();

const server = createServer((request, response) => {
  const now = Date.now();
  const [address = ''] = request.headers.host?.split(':', 1) ?? [];
  const known = arrivals.get(address);
  if (known === undefined) arrivals.set(address, [now]);
  else known.push(now);
  response.end();
});
server.listen({ port: 0, host: '0.0.0.0', backlog: 4096 }, () => {
  const { port } = server.address() as AddressInfo;
  ready(`http://127.0.0.1:${port}`);
});

answerQuestions({
  arrivals: (): Arrivals => {
    const taken = arrivals;
    arrivals = new Map();
    return new Map(Array.from(taken, ([address, times]) => [address, Float64Array.from(times)]));
  },
});
