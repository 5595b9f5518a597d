import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { loadConfig } from '#libs/config/load-config.js';
import { describe, expect, it } from '../support/jest.js';
import { knownSettings } from '../support/known-settings.js';
import { GIVEN_SECRETS } from '../support/secrets.js';
import { section } from '../support/walkthrough.js';

const REPOSITORY = new URL('../../../', import.meta.url);

describe('documented settings', () => {
  it('are, in .env.example, exactly those the service reads', async () => {
    expect(Object.keys(await inEnvExample()).sort()).toEqual([...(await knownSettings())].sort());
  });

  it('are, in docs/configuration.md, exactly those the service reads', async () => {
    expect(Object.keys(await inConfigurationPage()).sort()).toEqual([...(await knownSettings())].sort());
  });

  it('have, in .env.example, the values the service takes without them', async () => {
    expect(await loadConfig({ ...(await inEnvExample()), ...GIVEN_SECRETS })).toEqual(
      await loadConfig(GIVEN_SECRETS),
    );
  });

  it('have the same defaults in docs/configuration.md', async () => {
    // Told in words, because they are not values one could set.
    const { SECRET_KEY, REGISTRY_ADMIN_KEY, DATABASE_DIRECT_URL, ...values } = await inConfigurationPage();
    const example = await inEnvExample();
    expect([SECRET_KEY, REGISTRY_ADMIN_KEY, DATABASE_DIRECT_URL]).toEqual([
      'generated at the first start',
      'generated at the first start',
      'DATABASE_URL',
    ]);
    expect(values).toEqual(Object.fromEntries(Object.keys(values).map((name) => [name, example[name]])));
  });

  it('are not set in .env.example: copied as it is, it changes nothing', async () => {
    expect(parseEnv(await text('.env.example'))).toEqual({});
  });
});

async function text(file: string): Promise<string> {
  return readFile(fileURLToPath(new URL(file, REPOSITORY)), 'utf8');
}

async function inEnvExample(): Promise<Record<string, string | undefined>> {
  return parseEnv((await text('.env.example')).replaceAll(/^#(?=[A-Z_]+=)/gm, ''));
}

/** Name and default of every row of the table of settings. */
async function inConfigurationPage(): Promise<Record<string, string | undefined>> {
  const rows = section(await text('docs/configuration.md'), 'Settings').matchAll(
    /^\| `([A-Z_]+)` *\| *(.*?) *\|/gm,
  );
  return Object.fromEntries([...rows].map(([, name = '', value = '']) => [name, value.replaceAll('`', '')]));
}
