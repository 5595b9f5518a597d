import { monitorEventLoopDelay } from 'node:perf_hooks';
import { answerQuestions } from './answer-questions.js';

/**
 * Loaded before a service, reports how long its event loop was blocked: `longest stall`, in milliseconds, since the
 * previous question. Accurate to about a millisecond, its sampling interval.
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
