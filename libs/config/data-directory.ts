import { mkdir, realpath } from 'node:fs/promises';

/**
 * Makes the data directory when it is absent, closed to everybody else, and gives its real path.
 * As root, PostgreSQL's own account has to pass through it: what lies inside is closed to it in turn.
 */
export async function makeDataDirectory(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  return realpath(dataDir);
}
