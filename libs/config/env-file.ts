import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';

/** Adds the variables of `.env` in the working directory, if there is one, to the environment; set ones stay. */
export function readEnvFile(): void {
  if (existsSync('.env')) loadEnvFile('.env');
}
