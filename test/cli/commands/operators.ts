import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failed, misused, succeeded } from '../../support/command-line.js';
import { describe, expect, it } from '../../support/jest.js';
import { withPlaceholders } from '../../support/walkthrough.js';
import type { World } from './world.js';

interface Operator {
  readonly name: string;
  readonly role: string;
  readonly isActive: boolean;
  readonly applications: readonly string[] | null;
  readonly environments: readonly string[] | null;
  readonly keys: readonly { readonly id: string; readonly revokedAt: string | null }[];
}

export function operatorCommands(world: () => World): void {
  describe('operators', () => {
    it('creates one with a key, who acts under their own name', async () => {
      const { operator, directory } = world();
      expect(await operator.run('operators create ann --kind person --role editor')).toEqual(
        succeeded('Created ann, a person with the role editor.'),
      );
      const issued = await operator.run('operators issue-key ann --name laptop --output-file ann.key');
      expect({ ...issued, stdout: withPlaceholders(issued.stdout) }).toEqual(
        succeeded('operator key <id 1> is in ann.key.'),
      );
      expect(await readFile(join(directory, 'ann.key'), 'utf8')).toMatch(/^mcpop_[0-9a-f]{16}_[\w-]{43}\n$/);
      const ann = operator.with({
        env: { MCP_REGISTRY_ADMIN_KEY: '', MCP_REGISTRY_ADMIN_KEY_FILE: 'ann.key' },
      });
      expect((await ann.run('apps create harbour --name Harbour')).code).toBe(0);
      expect(await ann.run('apps delete harbour --yes')).toEqual(
        failed("Role required: This needs the role admin; the operator 'ann' has the role editor."),
      );
      const entries = await operator.json<{ via: string }[]>(
        'audit list --operator ann --application harbour',
      );
      expect(entries).toMatchObject([{ action: 'application.created', operatorName: 'ann', via: 'cli' }]);
    });

    it('lists, shows and changes them', async () => {
      const { operator } = world();
      const all = await operator.json<Operator[]>('operators list');
      expect(all.map(({ name }) => name)).toContain('ann');
      const shown = await operator.run('operators show ann');
      expect(withPlaceholders(shown.stdout)).toMatch(
        /^name +ann\nkind +person\nrole +editor\nbound to +all\nstate +active\n/,
      );
      expect(await operator.run('operators update ann --role viewer --deactivate')).toEqual(
        succeeded('ann is inactive with the role viewer.'),
      );
      expect(await operator.run('operators update ann --activate')).toEqual(
        succeeded('ann is active with the role viewer.'),
      );
      const bindings = async (options: string): Promise<unknown> => {
        expect((await operator.run(`operators update ann ${options}`)).code).toBe(0);
        const { applications, environments } = await operator.json<Operator>('operators show ann');
        return [applications, environments];
      };
      expect(await bindings('--application orders --application harbour --environment staging')).toEqual([
        ['orders', 'harbour'],
        ['staging'],
      ]);
      expect((await operator.run('operators show ann')).stdout).toMatch(
        /^bound to +orders, harbour, \*\/staging$/m,
      );
      expect(await bindings('--application=')).toEqual([null, ['staging']]);
      expect(await bindings('--environment=')).toEqual([null, null]);
      expect(await operator.run('operators update ann')).toEqual(
        misused('Nothing to change: say --role, --application, --environment, --deactivate or --activate.'),
      );
      expect(await operator.run('operators update ann --activate --deactivate')).toEqual(
        misused('Say either --activate or --deactivate.'),
      );
    });

    it('rotates and revokes their keys, and deletes them with consent', async () => {
      const { operator } = world();
      const keys = async (): Promise<Operator['keys']> =>
        (await operator.json<Operator>('operators show ann')).keys;
      const [first] = await keys();
      const rotated = await operator.run(`operators rotate-key ann ${first?.id ?? ''} --grace-period 60`);
      expect(withPlaceholders(rotated.stdout)).toBe('<key 1>\n');
      const [, second] = await keys();
      const revoke = `operators revoke-key ann ${second?.id ?? ''}`;
      expect((await operator.run(`${revoke} --dry-run`)).stdout).toMatch(
        /^Would revoke the key "laptop" \(mcpop_/,
      );
      expect((await operator.run(`${revoke} --yes`)).stdout).toMatch(/^Revoked the key "laptop" \(mcpop_/);
      expect((await keys()).map(({ revokedAt }) => revokedAt !== null)).toEqual([false, true]);
      expect(await operator.run('operators revoke-key ann none --yes')).toEqual(
        failed('Operator key not found: ann has no key with the id none.'),
      );
      expect((await operator.run('operators delete ann --dry-run')).stdout).toBe(
        'Would delete the operator ann with 2 keys.\n',
      );
      expect((await operator.run('operators delete ann --yes')).code).toBe(0);
      expect((await operator.run('operators show ann')).stderr).toMatch(/^Operator not found: /);
    });
  });
}
