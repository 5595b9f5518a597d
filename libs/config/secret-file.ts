import { closeSync, openSync, readSync } from 'node:fs';
import { ConfigError } from './config-error.js';

const MOST_BYTES = 64 * 1024;

/**
 * The content of a file that holds a secret, without blanks and newlines around it.
 *
 * @param setting the name of the setting the path comes from
 * @throws ConfigError when the file cannot be read, is empty, or is larger than 64 KiB
 */
export function readSecretFile(setting: string, path: string): string {
  const content = read(setting, path);
  const secret = content.trim();
  if (secret === '') throw new ConfigError(`${setting} is ${JSON.stringify(path)}, which is empty`);
  return secret;
}

function read(setting: string, path: string): string {
  const buffer = Buffer.alloc(MOST_BYTES + 1);
  let length = 0;
  try {
    const file = openSync(path, 'r');
    try {
      // Until the end, because a pipe gives what it has: no more than the bound, because a device may have no end.
      for (let count = -1; count !== 0 && length < buffer.length; length += count) {
        count = readSync(file, buffer, length, buffer.length - length, null);
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'no reason given';
    throw new ConfigError(`${setting} is ${JSON.stringify(path)}, which cannot be read (${reason})`);
  }
  if (length > MOST_BYTES) {
    throw new ConfigError(`${setting} is ${JSON.stringify(path)}; allowed is a file of 65536 bytes at most`);
  }
  return buffer.toString('utf8', 0, length);
}
