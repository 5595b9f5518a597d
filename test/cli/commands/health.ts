import { createApplication } from '../../support/builders.js';
import { failed, misused } from '../../support/command-line.js';
import { beforeAll, describe, expect, it } from '../../support/jest.js';
import { withPlaceholders } from '../../support/walkthrough.js';
import type { World } from './world.js';

const settled = (text: string): string => withPlaceholders(text).replace(/\d\.\d{3} s/g, '<duration>');

export function healthCommands(world: () => World): void {
  describe('health', () => {
    beforeAll(async () => {
      const { app, healthy } = world();
      await createApplication(app, {
        appKey: 'probed',
        healthCheckUrl: '/health',
        environments: [{ name: 'production', baseDomain: healthy.url }, { name: 'staging' }],
      });
      await createApplication(app, { appKey: 'unprobed' });
    });

    it('checks now', async () => {
      const { operator, healthy } = world();
      const [check, nothing, missing] = await Promise.all([
        operator.run('health check probed'),
        operator.run('health check unprobed'),
        operator.run('health check unknown'),
      ]);
      const padding = ' '.repeat(`${healthy.url}/health`.length - 'URL'.length);
      expect({ ...check, stdout: settled(check.stdout) }).toEqual({
        code: 0,
        stdout: [
          `TARGET      OUTCOME  HTTP  TIME     HEALTH   URL${padding}  MESSAGE`,
          `production  success  200   <duration>  UNKNOWN  ${healthy.url}/health  -`,
          '',
        ].join('\n'),
        stderr: '',
      });
      expect(nothing).toEqual({ code: 0, stdout: '', stderr: 'None.\n' });
      expect(missing).toEqual(failed("Application not found: There is no application 'unknown'."));
      expect(await operator.json('health check probed')).toMatchObject({
        appKey: 'probed',
        checks: [{ environment: 'production', healthStatus: 'ACTIVE' }],
      });
    });

    it('shows health and uptime', async () => {
      const { operator } = world();
      const [show, json, bare] = await Promise.all([
        operator.run('health show probed'),
        operator.json('health show probed'),
        operator.run('health show unprobed'),
      ]);
      expect(settled(show.stdout).replace(/ +/g, ' ')).toBe(
        [
          'TARGET HEALTH LAST CHECK 24 H 7 D 30 D 90 D P95',
          '(application) ACTIVE <time> 100.00 % 100.00 % 100.00 % 100.00 % <duration>',
          'production ACTIVE <time> 100.00 % 100.00 % 100.00 % 100.00 % <duration>',
          'staging UNKNOWN - - - - - -',
          '',
        ].join('\n'),
      );
      expect(json).toMatchObject({ appKey: 'probed', environments: [{ uptime: { last24Hours: 1 } }, {}] });
      expect(bare.stdout).toBe(
        [
          'TARGET         HEALTH   LAST CHECK  24 H  7 D  30 D  90 D  P95',
          '(application)  UNKNOWN  -           -     -    -     -     -',
          'production     UNKNOWN  -           -     -    -     -     -',
          '',
        ].join('\n'),
      );
    });

    it('lists single checks, and figures by hour or day', async () => {
      const { operator } = world();
      const [logs, one, none, history, elsewhere, invalid, count] = await Promise.all([
        operator.run('health logs probed --environment production'),
        operator.json('health logs probed --limit 1'),
        operator.json('health logs probed --status failure'),
        operator.run('health history probed --resolution day'),
        operator.run('health history probed --environment other'),
        operator.run('health history probed --resolution week'),
        operator.run('health logs probed --limit none'),
      ]);
      expect(settled(logs.stdout).replace(/ +/g, ' ')).toBe(
        [
          'TIME TARGET OUTCOME HTTP TOOK MESSAGE',
          '<time> production success 200 <duration> -',
          '<time> production success 200 <duration> -',
          '',
        ].join('\n'),
      );
      expect(one).toMatchObject([{ status: 'success', statusCode: 200 }]);
      expect(none).toEqual([]);
      expect(settled(history.stdout).replace(/ +/g, ' ')).toBe(
        [
          'START TARGET PROBES FAILURES ERRORS UPTIME P50 P95 MAX',
          '<time> production 2 0 0 100.00 % <duration> <duration> <duration>',
          '',
        ].join('\n'),
      );
      expect(elsewhere).toEqual(failed('Environment not found: probed has no other.'));
      expect(invalid).toEqual(failed('Invalid input', '  #/resolution must be one of hour, day'));
      expect(count).toEqual(
        misused("error: option '--limit <count>' argument 'none' is invalid. It must be a whole number."),
      );
    });
  });
}
