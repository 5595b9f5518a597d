import { join } from 'node:path';
import { makeDataDirectory } from '../config/data-directory.js';
import { findBinaries } from './binaries.js';
import { clusterDirectory, openCluster } from './cluster.js';
import { lockDataDirectory } from './data-directory-lock.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { databaseUrl, ensureDatabase, obtainPostmaster, stopPostmaster } from './postmaster.js';
import { ServerLog } from './server-log.js';
import { findServiceAccount } from './service-account.js';
import { SupervisedPostmaster } from './supervised-postmaster.js';

/** A running embedded PostgreSQL server, ours alone. */
export interface EmbeddedPostgres {
  /** postgres:// URL of the database on 127.0.0.1, password included. */
  readonly url: string;
  /** Whether the server is one that an earlier, killed service left running. */
  readonly takenOver: boolean;
  /**
   * Resolves with the reason when the server is gone for good: it could not be started again, or the data directory
   * was lost to another service.
   */
  readonly failure: Promise<EmbeddedPostgresError>;
  /** Fast shutdown; resolves when the server has ended and the data directory is free. May be called repeatedly. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Made when absent. Holds the cluster, its password, its log and the lock. */
  readonly dataDir: string;
  readonly database?: string;
  /** Further settings of the server, such as `fsync`; a server that is taken over keeps the ones it has. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Ends a start that is waiting, with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the PostgreSQL of a data directory, or adopts the one that a killed service left behind, and returns when
 * its database answers. It survives the death of this process, and is restarted when it exits.
 * @throws EmbeddedPostgresError with one line for the operator, or the reason of `signal`, after releasing the
 *   data directory
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    const dataDir = await makeDataDirectory(options.dataDir);
    const lock = await lockDataDirectory(dataDir, options.signal);
    const lost = new AbortController();
    void lock.lost.then((reason) => {
      lost.abort(reason);
    });
    try {
      const { supervised, ...server } = await startLocked(dataDir, options, lost.signal);
      void lock.lost.then((reason) => supervised.stopAtOnce(reason));
      const stop = async (): Promise<void> => {
        try {
          await supervised.stop();
        } finally {
          await lock.release();
        }
      };
      let stopped: Promise<void> | undefined;
      return {
        ...server,
        failure: supervised.failure,
        stop: () => (stopped ??= stop()),
      };
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    if (error instanceof EmbeddedPostgresError || error === options.signal?.reason) throw error;
    const reason = (error instanceof Error ? error.message : String(error))
      .trim()
      .replaceAll(/\s*\n\s*/g, ' ');
    throw new EmbeddedPostgresError(
      `DATA_DIR ${options.dataDir} cannot hold the embedded PostgreSQL: ${reason}`,
      {
        cause: error,
      },
    );
  }
}

async function startLocked(
  dataDir: string,
  { database = 'mcp_registry', parameters = {}, signal: given }: EmbeddedPostgresOptions,
  lost: AbortSignal,
): Promise<Pick<EmbeddedPostgres, 'url' | 'takenOver'> & { readonly supervised: SupervisedPostmaster }> {
  const signal = given === undefined ? lost : AbortSignal.any([lost, given]);
  const account = await findServiceAccount(clusterDirectory(dataDir));
  const binaries = await findBinaries(account);
  const log = new ServerLog(join(dataDir, 'postgres.log'));
  const skipSync = parameters.fsync === 'off';
  const cluster = await openCluster({ dataDir, binaries, account, log, skipSync });
  const postmaster = await obtainPostmaster(cluster, { parameters, signal });
  try {
    await ensureDatabase(cluster, postmaster, database);
  } catch (error) {
    await stopPostmaster(postmaster);
    throw error;
  }
  return {
    url: databaseUrl(cluster, postmaster.port, database),
    takenOver: postmaster.takenOver,
    supervised: new SupervisedPostmaster(cluster, { parameters }, postmaster),
  };
}
