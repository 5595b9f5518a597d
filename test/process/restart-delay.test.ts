import { RestartDelay } from '#registry/bootstrap/workers/restart-delay.js';
import { expect, it } from '../support/jest.js';

it('restarts wait twice as long every time, half a minute at most, until one has run for a minute', () => {
  const delay = new RestartDelay();
  const crashes = Array.from({ length: 7 }, () => delay.after(500));
  expect(crashes).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  expect([delay.after(59_999), delay.after(60_000), delay.after(0)]).toEqual([30_000, 1000, 2000]);
});
