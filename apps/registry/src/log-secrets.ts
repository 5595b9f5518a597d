import { HIDDEN, hideApiKeys } from '#libs/access/hide-api-keys.js';
import type { AppConfig } from '#libs/config/app-config.js';

/** A shorter secret would stand in words that are none. */
const MIN_LENGTH = 8;

/**
 * Takes the secrets of the configuration and API keys out of lines of JSON. Nobody means to log them: this is for the
 * message of a library that quotes what it was given.
 */
export function secretsHidden(config: AppConfig): (line: string) => string {
  const { secretKeys, adminKeys } = config.secrets;
  const secrets = [
    ...secretKeys,
    ...adminKeys,
    ...passwordsIn(config.database.url, config.database.directUrl),
  ]
    .filter(({ length }) => length >= MIN_LENGTH)
    .map((secret) => JSON.stringify(secret).slice(1, -1));
  return (line) => hideApiKeys(secrets.reduce((text, secret) => text.replaceAll(secret, HIDDEN), line));
}

/** As they stand in the URL, and as they are meant. */
function passwordsIn(...urls: readonly (string | undefined)[]): string[] {
  return urls.flatMap((url) => {
    const { password } = new URL(url ?? 'postgresql:');
    return [password, safelyDecoded(password)];
  });
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
