/**
 * The environment of PostgreSQL's processes: not the service's own, which holds secrets and perhaps PG* variables
 * meant for other servers.
 */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  const { PATH, LD_LIBRARY_PATH } = process.env;
  return { PATH, ...(LD_LIBRARY_PATH !== undefined && { LD_LIBRARY_PATH }), LC_ALL: 'C' };
}
