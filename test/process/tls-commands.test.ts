import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CLI_MAIN } from '../support/command-line.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type CommandResult, runCommand } from '../support/run-command.js';
import { ADMIN_KEY } from '../support/secrets.js';
import { spawnService } from '../support/spawned-service.js';
import { section } from '../support/walkthrough.js';

const OPERATIONS = new URL('../../../docs/operations.md', import.meta.url);

describe('the commands of the section on TLS', () => {
  let directory: string;
  let blocks: string[];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'registry-tls-commands-'));
    const text = section(await readFile(OPERATIONS, 'utf8'), 'TLS');
    blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
    const command = join(directory, 'mcp-registry');
    await writeFile(command, `#!/bin/sh\nexec "${process.execPath}" "${CLI_MAIN}" "$@"\n`);
    await chmod(command, 0o755);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const run = (block: string, url = ''): Promise<CommandResult> =>
    runCommand('sh', ['-e', '-c', block.replaceAll('https://localhost:8000', url)], {
      cwd: directory,
      env: {
        PATH: [directory, process.env.PATH].join(delimiter),
        MCP_REGISTRY_ADMIN_KEY: ADMIN_KEY,
      },
    });

  it('make certificates that the service and its operators can use', async () => {
    const [makeServer = '', askService = '', makeClient = '', askAsOperator = ''] = blocks;
    expect(blocks).toHaveLength(4);
    expect(await run(makeServer)).toMatchObject({ code: 0 });
    expect(await run(makeClient)).toMatchObject({ code: 0 });
    const service = await spawnService({
      TLS_CERT_FILE: join(directory, 'server.pem'),
      TLS_KEY_FILE: join(directory, 'server.key'),
      TLS_CLIENT_CA_FILE: join(directory, 'operators-ca.pem'),
    });
    try {
      expect(await run(askService, service.url)).toMatchObject({ code: 0 });
      const answered = await run(askAsOperator, service.url);
      expect(answered).toMatchObject({ code: 0, stdout: expect.stringContaining('[]') });
      const without = askAsOperator.replace('--cert ann-tls.pem --key ann-tls.key', '');
      expect(await run(without, service.url)).toMatchObject({
        code: 22,
        stderr: expect.stringContaining('401'),
      });
    } finally {
      await service.stop();
    }
  });
});
