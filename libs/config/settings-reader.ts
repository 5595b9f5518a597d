import type { SecretList } from './app-config.js';
import { ConfigError } from './config-error.js';
import { readSecretFile } from './secret-file.js';

/** Environment variables by name, as in `process.env`. An empty value counts as absent. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Visible ASCII but the comma, which stands between secrets. */
export const SECRET = /^[\x21-\x2b\x2d-\x7e]{1,512}$/;

/** The words of a JSON list; undefined when it is none. */
function jsonList(text: string): string[] | undefined {
  try {
    const items: unknown = JSON.parse(text);
    return Array.isArray(items) && items.every((item) => typeof item === 'string')
      ? nonEmpty(items)
      : undefined;
  } catch {
    return undefined;
  }
}

function nonEmpty(items: readonly string[]): string[] {
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

/**
 * Reads single settings. Every method throws a {@link ConfigError} of one line that names the setting,
 * what it holds and what is allowed.
 */
export class SettingsReader {
  constructor(private readonly environment: Environment) {}

  text(name: string): string | undefined {
    const value = this.environment[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** A setting that holds a secret: its own value, or the content of the file that `<name>_FILE` names. */
  secretText(name: string): string | undefined {
    const value = this.text(name);
    const path = this.text(`${name}_FILE`);
    if (path === undefined) return value;
    if (value !== undefined) throw new ConfigError(`${name} and ${name}_FILE are both set; set one of them`);
    return readSecretFile(`${name}_FILE`, path);
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (!(number >= min && number <= max)) {
      throw this.invalid(name, value, `a whole number from ${min} to ${max}`);
    }
    return number;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.text(name);
    if (value === undefined) return fallback;
    if (/^(true|1|yes|on)$/i.test(value)) return true;
    if (/^(false|0|no|off)$/i.test(value)) return false;
    throw this.invalid(name, value, 'true or false');
  }

  choice<T extends string>(name: string, fallback: T, allowed: readonly T[]): T {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return fallback;
    const chosen = allowed.find((candidate) => candidate === value);
    if (chosen === undefined) throw this.invalid(name, value, `one of ${allowed.join(', ')}`);
    return chosen;
  }

  /** Words with commas between them, or a JSON list of them. */
  list(name: string): string[] {
    const value = this.text(name) ?? '';
    // [::1] is an address.
    if (/^\[\s*["\]]/.test(value)) {
      const items = jsonList(value);
      if (items === undefined) {
        throw this.invalid(
          name,
          value,
          'a list with commas between its items, or a JSON list such as ["a", "b"]',
        );
      }
      return items;
    }
    return nonEmpty(value.split(','));
  }

  /** One secret, or several with commas between them. They are never shown, not even when they are wrong. */
  secrets(name: string): SecretList | undefined {
    const value = this.secretText(name);
    if (value === undefined) return undefined;
    const [first = '', ...others] = jsonList(value) ?? value.split(',').map((secret) => secret.trim());
    if (![first, ...others].every((secret) => SECRET.test(secret))) {
      throw new ConfigError(
        `${name} (hidden) must be 1 to 512 visible ASCII characters without spaces, or several such secrets with commas between them`,
      );
    }
    return [first, ...others];
  }

  /** A connection URL with the protocol `postgres` or `postgresql`; its password is hidden in messages. */
  postgresUrl(name: string): URL | undefined {
    const value = this.secretText(name);
    if (value === undefined) return undefined;
    const allowed = 'a URL such as postgresql://user:password@host:5432/database';
    let url: URL;
    try {
      // Credentials without a host, as in postgresql://user@/database?host=/run/postgresql, are no URL to WHATWG.
      url = new URL(value.replace(/^(postgres(?:ql)?:\/\/[^/@]*@)\//, '$1localhost/'));
    } catch {
      throw this.invalid(name, '(hidden)', allowed);
    }
    if (!/^postgres(ql)?:$/.test(url.protocol)) {
      throw this.invalid(name, `${url.protocol}//…`, allowed);
    }
    // postgresql:/host/database names a path and no host.
    if (!/^postgres(ql)?:\/\//i.test(value)) throw this.invalid(name, '(hidden)', allowed);
    return url;
  }

  invalid(name: string, value: string, allowed: string): ConfigError {
    return new ConfigError(`${name} is ${JSON.stringify(value)}; allowed is ${allowed}`);
  }
}
