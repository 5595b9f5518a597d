import { monitorEventLoopDelay } from 'node:perf_hooks';
import { answerQuestions } from './answer-questions.js';

/**
 * Loaded before a service, tells how long its event loop stood still: `longest stall`, in milliseconds since the
 * question before. Exact to about a millisecond, the interval at which it looks.
 */
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

answerQuestions({
  'longest stall': () => {
    const longest = delay.max / 1e6;
    delay.reset();
    return longest;
  },
});
