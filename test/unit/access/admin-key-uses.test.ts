import type { FastifyRequest } from 'fastify';
import { AdminKeyGuard } from '#libs/access/admin-key.guard.js';
import { AuthMetrics } from '#libs/access/auth-metrics.js';
import { loadConfig } from '#libs/config/load-config.js';
import { PrometheusMetrics } from '#libs/metrics/prometheus-metrics.js';
import { describe, expect, it } from '../../support/jest.js';
import { figureOf } from '../../support/metrics-text.js';
import { ADMIN_KEY, GIVEN_SECRETS } from '../../support/secrets.js';

const OUTGOING_KEY = 'the-admin-key-on-its-way-out-0123456789';

describe('uses of REGISTRY_ADMIN_KEY', () => {
  it('are counted from the first one on, those of an outgoing key too, and refusals are none', async () => {
    const metrics = new PrometheusMetrics();
    const config = await loadConfig({
      ...GIVEN_SECRETS,
      REGISTRY_ADMIN_KEY: `${ADMIN_KEY},${OUTGOING_KEY}`,
    });
    const guard = new AdminKeyGuard(config, new AuthMetrics(metrics));
    const uses = async (): Promise<number | undefined> =>
      figureOf('mcp_registry_admin_key_uses_total', await metrics.text());
    const identify = (key: string): unknown =>
      guard.identify({ headers: { 'x-admin-key': key }, socket: {} } as unknown as FastifyRequest);
    expect(await uses()).toBe(0);
    identify(ADMIN_KEY);
    expect(await uses()).toBe(1);
    identify(OUTGOING_KEY);
    expect(await uses()).toBe(2);
    expect(() => identify('wrong')).toThrow('valid credentials');
    expect(await uses()).toBe(2);
  });
});
