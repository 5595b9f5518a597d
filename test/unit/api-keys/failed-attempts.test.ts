import { FailureBudgets } from '#registry/api-keys/failure-budgets.js';
import { afterEach, beforeEach, describe, expect, it, jest } from '../../support/jest.js';

const NETWORK = '192.0.2.1';

describe('the budget of failed attempts', () => {
  let attempts: FailureBudgets;

  beforeEach(() => {
    jest.useFakeTimers();
    attempts = new FailureBudgets();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const take = (cost: number, appKey = 'orders', network = NETWORK): number =>
    attempts.consume({ network, appKey, cost });

  it('is 200 at once and 2 more each second, up to 200', () => {
    expect(take(200)).toBe(0);
    expect(take(1)).toBe(1);
    jest.advanceTimersByTime(500);
    expect(take(1)).toBe(0);
    expect(take(1)).toBe(1);
    jest.advanceTimersByTime(3_600_000);
    expect(take(200)).toBe(0);
    expect(take(1)).toBe(1);
  });

  it('may be overdrawn by one charge, and has to recover from that', () => {
    expect(take(500)).toBe(0);
    expect(take(1)).toBe(151);
    jest.advanceTimersByTime(150_000);
    expect(take(1)).toBe(1);
    jest.advanceTimersByTime(500);
    expect(take(1)).toBe(0);
  });

  it('gets back what was not spent, and no more', () => {
    expect(take(500)).toBe(0);
    attempts.refund({ network: NETWORK, appKey: 'orders', cost: 500 });
    expect(take(200)).toBe(0);
    expect(take(1)).toBe(1);
    attempts.refund({ network: NETWORK, appKey: 'orders', cost: 500 });
    expect(take(201)).toBe(0);
    expect(take(1)).toBe(1);
  });

  it('is one for each network and application', () => {
    expect(take(200)).toBe(0);
    expect(take(1, 'billing')).toBe(0);
    expect(take(1, 'orders', '192.0.2.2')).toBe(0);
    expect(take(1)).toBe(1);
  });

  it('is, for a network whatever application it claims to be, 400 at once and 10 more each second', () => {
    for (let number = 0; number < 400; number += 1) expect(take(1, `made-up-${number}`)).toBe(0);
    expect(take(1, 'another')).toBe(1);
    jest.advanceTimersByTime(100);
    expect(take(1, 'another')).toBe(0);
    expect(take(1, 'another')).toBe(1);
    attempts.refund({ network: NETWORK, appKey: 'another', cost: 1 });
    expect(take(1, 'yet another')).toBe(0);
  });

  it('is kept for 10,000 of them: what was used longest ago is forgotten', () => {
    expect(take(200, 'orders', 'first')).toBe(0);
    expect(take(200, 'orders', 'second')).toBe(0);
    for (let number = 0; number < 9_998; number += 1) take(1, 'orders', `network ${number}`);
    expect(take(1, 'orders', 'first')).toBe(1);
    take(1, 'orders', 'one too many');
    expect(take(1, 'orders', 'first')).toBe(1);
    expect(take(1, 'orders', 'second')).toBe(0);
  });

  it('is not kept under a text of any length', () => {
    expect(take(200, 'x'.repeat(10_000))).toBe(0);
    expect(take(1, 'x'.repeat(200))).toBe(1);
  });
});
