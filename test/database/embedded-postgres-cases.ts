import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import {
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { Client } from 'pg';
import { restoreLinks } from '../../libs/embedded-postgres/binaries.js';
import { lockDataDirectory } from '../../libs/embedded-postgres/data-directory-lock.js';
import { openWithLock } from '../../libs/embedded-postgres/file-lock.js';
import { describeSelf } from '../../libs/embedded-postgres/lock-holder.js';
import { identifyProcess } from '../../libs/embedded-postgres/process-identity.js';
import {
  findPostmaster,
  isPostmaster,
  killPostmasters,
  postmasterFile,
  postmasterPid,
} from '../support/embedded-database.js';
import { eventually } from '../support/eventually.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '../support/jest.js';
import { itIn, type TestSet } from '../support/test-set.js';

// Of this process: owners are processes of their own.
Logger.overrideLogger(false);

const OWNER = fileURLToPath(new URL('./embedded-postgres-owner.js', import.meta.url));
/** What is in a data directory, whether its owner runs or not. */
const FILES = ['postgres', 'postgres-password', 'postgres.lock', 'postgres.log', 'registry.lock'];
const UNPRIVILEGED = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;
const unprivilegedCanRun =
  isRoot && spawnSync(process.execPath, ['--check', OWNER], { ...UNPRIVILEGED, cwd: '/' }).status === 0;

const NAMESPACES = ['--pid', '--ipc', '--fork', '--mount-proc'];
const hasNamespaces = spawnSync('unshare', [...NAMESPACES, 'true']).status === 0;
if (!hasNamespaces)
  process.stderr.write('No namespaces can be made here: what two containers do is NOT tested.\n');
const describeNamespaces = hasNamespaces ? describe : describe.skip;

interface Owned {
  readonly url: string;
  readonly takenOver: boolean;
  readonly pid: number;
}

/** A child that owns, or failed to get, the embedded server. */
interface Owner {
  readonly child: ChildProcessWithoutNullStreams;
  readonly started: Promise<Owned | undefined>;
  readonly errors: Promise<string>;
  errorsSoFar(): string;
  readonly exitCode: Promise<number | null>;
}

/** What happens to the embedded server and its data directory, whatever ends a process. */
export function embeddedPostgres(set: TestSet): void {
  const briefly = itIn(set, 'short');
  const inSoak = itIn(set, 'long');

  describe('embedded PostgreSQL', () => {
    let root: string;
    let dataDir: string;
    let owners: Owner[];
    /** A data directory as the first start of all leaves it. */
    let pristine: string;

    beforeAll(async () => {
      pristine = await mkdtemp(join(tmpdir(), 'embedded-postgres-'));
      chmodSync(pristine, 0o755);
      owners = [];
      await startOwning(join(pristine, 'data'));
      await stop();
    });
    afterAll(() => rm(pristine, { recursive: true, force: true }));

    beforeEach(async () => {
      root = await mkdtemp(join(tmpdir(), 'embedded-postgres-'));
      chmodSync(root, 0o755);
      dataDir = join(root, 'data');
      owners = [];
    });

    afterEach(async () => {
      for (const owner of owners) owner.child.kill('SIGKILL');
      await Promise.all(owners.map((owner) => owner.exitCode));
      await killPostmasters(root);
      await rm(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    });

    function start(directory = dataDir, as: { uid?: number; gid?: number } = {}): Owner {
      return owning(spawn(process.execPath, [OWNER, directory], { ...as, stdio: ['pipe', 'pipe', 'pipe'] }));
    }

    /** Follows an owner, or what it was started with. */
    function owning(child: ChildProcessWithoutNullStreams): Owner {
      let errors = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        errors += text;
      });
      const owner: Owner = {
        child,
        started: Promise.race([
          once(child.stdout, 'data').then(([line]) => JSON.parse(String(line)) as Owned),
          once(child, 'close').then(() => undefined),
        ]),
        errors: once(child, 'close').then(() => errors),
        errorsSoFar: () => errors,
        exitCode: once(child, 'exit').then(([code]) => code as number | null),
      };
      owners.push(owner);
      return owner;
    }

    /** Makes the data directory without an initdb, where that is not what matters. */
    function withCluster(): void {
      expect(spawnSync('cp', ['-a', join(pristine, 'data'), dataDir]).status).toBe(0);
    }

    async function startOwning(directory = dataDir, as: { uid?: number; gid?: number } = {}): Promise<Owned> {
      const owner = start(directory, as);
      return (await owner.started) ?? Promise.reject(new Error(await owner.errors));
    }

    async function stop(): Promise<void> {
      const owner = owners.at(-1);
      owner?.child.kill('SIGTERM');
      expect(await owner?.exitCode).toBe(0);
    }

    async function killOwner(): Promise<void> {
      const owner = owners.at(-1);
      owner?.child.kill('SIGKILL');
      await owner?.exitCode;
    }

    briefly('keeps its data over a restart, and nothing but its files afterwards', async () => {
      const first = await startOwning();
      expect(first.takenOver).toBe(false);
      await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
      const postmaster = await postmasterPid(dataDir);
      await stop();
      expect(await identifyProcess(postmaster)).toBeUndefined();
      expect((await readdir(dataDir)).sort()).toEqual(FILES);

      const second = await startOwning();
      expect(second.takenOver).toBe(false);
      expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    });

    briefly('listens on the loopback address only, and keeps its password to itself', async () => {
      withCluster();
      const { url } = await startOwning();
      expect(new URL(url).hostname).toBe('127.0.0.1');
      expect(
        await query(
          url,
          `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
           current_setting('timezone') AS zone, current_database() AS database, current_user AS "user",
           pg_encoding_to_char(encoding) AS encoding, datcollate AS collation
         FROM pg_database WHERE datname = current_database()`,
        ),
      ).toEqual([
        {
          addresses: '127.0.0.1',
          sockets: '',
          zone: 'UTC',
          database: 'mcp_registry',
          user: 'mcp_registry',
          encoding: 'UTF8',
          collation: 'C',
        },
      ]);
      expect(
        await query(
          url,
          "SELECT DISTINCT auth_method FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'",
        ),
      ).toEqual([]);
      await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toMatchObject({
        code: '28P01',
      });

      expect((await stat(join(dataDir, 'postgres-password'))).mode & 0o777).toBe(0o600);
      expect((await stat(join(dataDir, 'postgres.log'))).mode & 0o777).toBe(0o600);
      expect((await stat(dataDir)).mode & 0o066).toBe(0);
      expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).not.toContain(new URL(url).password);
    });

    briefly('takes over the server of a killed owner', async () => {
      withCluster();
      const first = await startOwning();
      await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
      const postmaster = await postmasterPid(dataDir);
      await killOwner();

      const second = await startOwning();
      expect(second).toMatchObject({ takenOver: true, url: first.url });
      expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
      await stop();
      expect(await identifyProcess(postmaster)).toBeUndefined();
    });

    inSoak('waits for a server that is shutting down, and then starts again', async () => {
      withCluster();
      const first = await startOwning();
      const client = new Client(first.url);
      await client.connect();
      await killOwner();
      // A smart shutdown lasts until the last client has gone.
      process.kill(await postmasterPid(dataDir), 'SIGTERM');
      await eventually(async () => (await readFile(postmasterFile(dataDir), 'utf8')).includes('stopping'));
      const next = startOwning();
      await client.end();
      expect(await next).toMatchObject({ takenOver: false });
    });

    inSoak('recovers after owner and server were both killed', async () => {
      withCluster();
      const first = await startOwning();
      await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
      const postmaster = await postmasterPid(dataDir);
      // Busy, not waiting, this backend does not notice that its postmaster died, and holds the shared memory.
      const lingering = query(
        first.url,
        `DO $$ DECLARE latest timestamptz := clock_timestamp() + interval '20 s';
       BEGIN WHILE clock_timestamp() < latest AND pg_stat_file('finish', true) IS NULL LOOP END LOOP; END $$`,
      ).catch(() => undefined);
      await eventually(async () => {
        const rows = await query(first.url, "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'DO %'");
        return rows.length === 1;
      });
      await killOwner();
      process.kill(postmaster, 'SIGKILL');
      await eventually(async () => (await identifyProcess(postmaster)) === undefined);

      const next = startOwning();
      await eventually(() => owners.at(-1)?.errorsSoFar().includes('for the end of another PostgreSQL'));
      await writeFile(join(dataDir, 'postgres', 'finish'), '');
      const second = await next;
      expect(second.takenOver).toBe(false);
      expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
      await lingering;
    });

    inSoak('does not mistake another process with the pid of the old server for it', async () => {
      withCluster();
      await startOwning();
      const pid = await postmasterPid(dataDir);
      await killOwner();
      process.kill(pid, 'SIGKILL');
      await eventually(async () => (await identifyProcess(pid)) === undefined);
      const content = await readFile(postmasterFile(dataDir), 'utf8');
      await writeFile(postmasterFile(dataDir), content.replace(String(pid), String(process.pid)));

      expect(await startOwning()).toMatchObject({ takenOver: false });
    });

    briefly('turns a second owner away with one line, and leaves the first unharmed', async () => {
      withCluster();
      const first = await startOwning();
      const second = start();
      expect(await second.exitCode).toBe(1);
      expect(await second.errors).toMatch(inUseBy(`process ${first.pid}`));
      expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });

    inSoak('lets exactly one of many simultaneous starts win, whatever an interrupted one left', async () => {
      await mkdir(dataDir);
      await writeFile(join(dataDir, 'registry.lock'), await deadHolder());
      await mkdir(join(dataDir, 'postgres.unfinished-1-1', 'base'), { recursive: true });
      await writeFile(join(dataDir, 'postgres.unfinished-1-1', 'PG_VERSION'), '18\n');
      await writeFile(join(dataDir, 'postgres.unfinished-password'), 'secret');

      const rivals = [start(), start(), start(), start()];
      const outcomes = await Promise.all(rivals.map((rival) => rival.started));
      const winners = outcomes.filter((outcome) => outcome !== undefined);
      expect(winners).toHaveLength(1);
      for (const [index, rival] of rivals.entries()) {
        if (outcomes[index] !== undefined) continue;
        expect(await rival.exitCode).toBe(1);
        expect(await rival.errors).toMatch(inUseBy('process \\d+'));
      }
      expect(await query(winners[0]?.url ?? '', 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect((await readdir(dataDir)).sort()).toEqual(FILES);
    });

    inSoak('starts again after being killed in the middle of initdb', async () => {
      const first = start();
      await eventually(async () => {
        const names = await readdir(dataDir).catch((): string[] => []);
        return names.some((name) => name.startsWith('postgres.unfinished-'));
      });
      first.child.kill('SIGKILL');
      await first.exitCode;
      expect(await readdir(dataDir)).not.toContain('postgres');

      const second = await startOwning();
      expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect((await readdir(dataDir)).filter((name) => name.includes('unfinished'))).toEqual([]);
    });

    briefly('says in one line why a directory cannot be used', async () => {
      await writeFile(dataDir, '');
      const onFile = start();
      expect(await onFile.exitCode).toBe(1);
      expect(await onFile.errors).toMatch(/^DATA_DIR \S+ cannot hold the embedded PostgreSQL: EEXIST.*\n$/);

      const other = join(root, 'other');
      await mkdir(join(other, 'postgres'), { recursive: true });
      await writeFile(join(other, 'postgres', 'PG_VERSION'), '9.6\n');
      const onOldCluster = start(other);
      expect(await onOldCluster.exitCode).toBe(1);
      expect(await onOldCluster.errors).toMatch(/^\S+ was made by PostgreSQL 9\.6, .*\n$/);
      expect(await readFile(join(other, 'registry.lock'), 'utf8')).toBe('');
    });

    (unprivilegedCanRun ? inSoak : inSoak.skip)('runs as an ordinary user', async () => {
      await mkdir(dataDir);
      await chown(dataDir, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
      const first = await startOwning(dataDir, UNPRIVILEGED);
      expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect((await stat(join(dataDir, 'postgres'))).uid).toBe(UNPRIVILEGED.uid);
      await killOwner();
      // Root, too, keeps the cluster with its owner.
      expect(await startOwning()).toMatchObject({ takenOver: true, url: first.url });
      await stop();
      expect(await startOwning()).toMatchObject({ takenOver: false });
    });

    (isRoot && process.platform === 'linux' ? inSoak : inSoak.skip)(
      'runs as root below a directory that only root may enter',
      async () => {
        chmodSync(root, 0o700);
        const first = await startOwning();
        expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
        expect((await stat(join(dataDir, 'postgres'))).uid).not.toBe(0);
        await killOwner();
        expect(await startOwning()).toMatchObject({ takenOver: true, url: first.url });
      },
    );

    briefly('lets one of many rivals in one process have a stale lock, again and again', async () => {
      await mkdir(dataDir);
      for (let round = 0; round < 25; round++) {
        await writeFile(join(dataDir, 'registry.lock'), await deadHolder());
        const outcomes = await Promise.allSettled(
          Array.from({ length: 8 }, () => lockDataDirectory(dataDir)),
        );
        const locks = outcomes.filter((outcome) => outcome.status === 'fulfilled');
        expect(locks).toHaveLength(1);
        await locks[0]?.value.release();
        expect(await readFile(join(dataDir, 'registry.lock'), 'utf8')).toBe('');
      }
    });

    inSoak.each([
      ['empty', ''],
      ['torn, with the pid of another process', String(process.pid)],
    ])('starts beside a postmaster.pid that is %s', async (_, content) => {
      withCluster();
      await writeFile(postmasterFile(dataDir), content);
      expect(await startOwning()).toMatchObject({ takenOver: false });
    });

    inSoak('starts no second server beside one whose postmaster.pid is damaged', async () => {
      withCluster();
      await startOwning();
      const postmaster = await postmasterPid(dataDir);
      await killOwner();
      await writeFile(postmasterFile(dataDir), '');
      const next = start();
      await eventually(() => next.errorsSoFar().includes('for the end of another PostgreSQL'));
      expect(await identifyProcess(postmaster)).toBeDefined();
      expect(await readFile(postmasterFile(dataDir), 'utf8')).toBe('');
      process.kill(postmaster, 'SIGQUIT');
      expect(await next.started).toMatchObject({ takenOver: false });
    });

    inSoak('starts a server again that was killed, for the same URL and with its data', async () => {
      withCluster();
      const { url } = await startOwning();
      await query(url, 'CREATE TABLE kept AS SELECT 1 AS one');
      const postmaster = await postmasterPid(dataDir);
      process.kill(postmaster, 'SIGKILL');
      const rows = await eventually(() => query(url, 'SELECT one FROM kept').catch(() => undefined), {
        every: 100,
      });
      expect(rows).toEqual([{ one: 1 }]);
      expect(await postmasterPid(dataDir)).not.toBe(postmaster);
      await stop();
      expect(await findPostmaster(dataDir)).toBeUndefined();
    });

    inSoak('ends in the middle of starting a server again', async () => {
      withCluster();
      await startOwning();
      process.kill(await postmasterPid(dataDir), 'SIGKILL');
      await eventually(() => owners.at(-1)?.errorsSoFar().includes('starting it again'), { every: 2 });
      await stop();
      expect(await isPostmaster(await findPostmaster(dataDir))).toBe(false);
      expect(await readFile(join(dataDir, 'registry.lock'), 'utf8')).toBe('');
    });

    inSoak('stops its server at once when another host has taken its lock', async () => {
      withCluster();
      const { url } = await startOwning();
      const owner = owners.at(-1);
      const postmaster = await postmasterPid(dataDir);
      const other = { ...(await describeSelf()), pid: 4711, boot: 'of another host', host: 'other.example' };
      await writeFile(join(dataDir, 'registry.lock'), JSON.stringify(other));
      expect(await owner?.exitCode).toBe(1);
      expect(await owner?.errors).toMatch(
        /^\S+registry\.lock was taken by process 4711 on another host, host other\.example, since 20\S+Z: the PostgreSQL on \S+ was stopped at once\n$/,
      );
      expect(await identifyProcess(postmaster)).toBeUndefined();
      await expect(query(url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      expect(await readFile(join(dataDir, 'registry.lock'), 'utf8')).toBe(JSON.stringify(other));
    });

    briefly('is turned away by a holder on another host that renews its lock', async () => {
      await mkdir(dataDir);
      const other = { ...(await describeSelf()), pid: 4711, boot: 'of another host', host: 'other.example' };
      let heartbeat = 0;
      const renew = (): Promise<void> =>
        writeFile(join(dataDir, 'registry.lock'), JSON.stringify({ ...other, heartbeat: heartbeat++ }));
      await renew();
      const renewing = setInterval(() => void renew(), 200);
      try {
        await expect(lockDataDirectory(dataDir)).rejects.toThrow(
          /in use by another registry \(process 4711 on another host, host other\.example, since /,
        );
      } finally {
        clearInterval(renewing);
      }
    });

    describeNamespaces('between PID and IPC namespaces, as two containers have them', () => {
      /** A container reduced to what matters here; ends with all its processes when it is killed. */
      function startContained(script = 'exec "$0" "$@"'): Owner {
        return owning(
          spawn('unshare', [
            ...NAMESPACES,
            '--kill-child',
            'sh',
            '-c',
            script,
            process.execPath,
            OWNER,
            dataDir,
          ]),
        );
      }

      briefly('turns a second owner away, and leaves the first unharmed', async () => {
        withCluster();
        const first = await startOwning();
        await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
        const before = await readFile(postmasterFile(dataDir), 'utf8');
        const second = startContained();
        expect(await second.exitCode).toBe(1);
        expect(await second.errors).toMatch(
          inUseBy(`process ${first.pid} in another container or PID namespace`),
        );
        expect(await readFile(postmasterFile(dataDir), 'utf8')).toBe(before);
        expect(await query(first.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
      });

      inSoak('starts in a new one as soon as the old one was killed', async () => {
        withCluster();
        const first = startContained();
        const { url } = (await first.started) ?? {};
        await query(url ?? '', 'CREATE TABLE kept AS SELECT 1 AS one');
        first.child.kill('SIGKILL');
        await first.exitCode;
        const second = startContained();
        const owned = await second.started;
        expect(owned?.takenOver).toBe(false);
        expect(await query(owned?.url ?? '', 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
      });

      inSoak('waits for the end of a server that outlived its owner out of sight', async () => {
        withCluster();
        const first = startContained('"$0" "$@" & read -r line; kill -9 $!; wait $!; sleep 600');
        const { url = '' } = (await first.started) ?? {};
        await query(url, 'CREATE TABLE kept AS SELECT 1 AS one');
        const before = await readFile(postmasterFile(dataDir), 'utf8');
        first.child.stdin.write('kill the owner\n');
        await eventually(async () =>
          (await openWithLock(join(dataDir, 'registry.lock')))?.close().then(() => true),
        );
        const next = start();
        await eventually(() => next.errorsSoFar().includes('for the end of another PostgreSQL'));
        expect(next.errorsSoFar()).toMatch(
          /started by process \d+ in another container or PID namespace, host /,
        );
        expect(await query(url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
        expect(await readFile(postmasterFile(dataDir), 'utf8')).toBe(before);
        first.child.kill('SIGKILL');
        const owned = await next.started;
        expect(owned?.takenOver).toBe(false);
        expect(await query(owned?.url ?? '', 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
      });
    });

    briefly('makes the library links that npm left out', async () => {
      const lib = join(root, 'native', 'lib');
      await mkdir(lib, { recursive: true });
      await writeFile(join(lib, 'libpq.so.5.18'), '');
      await writeFile(
        join(root, 'native', 'pg-symlinks.json'),
        JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]),
      );
      await restoreLinks(root);
      await restoreLinks(root);
      expect(await readlink(join(lib, 'libpq.so.5'))).toBe('libpq.so.5.18');
      expect((await lstat(join(lib, 'libpq.so.5'))).isSymbolicLink()).toBe(true);
    });
  });
}

/** The content of a lock whose holder on this machine was killed. */
async function deadHolder(): Promise<string> {
  return JSON.stringify({ ...(await describeSelf()), startTime: 'of an earlier process' });
}

function inUseBy(process: string): RegExp {
  return new RegExp(
    String.raw`^DATA_DIR \S+ is in use by another registry \(${process}, host \S+, since 20\S+Z\); ` +
      String.raw`stop it or set another DATA_DIR\n$`,
  );
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}
