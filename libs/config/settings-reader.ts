import type { SecretList } from './app-config.js';
import { ConfigError } from './config-error.js';

/** Environment variables by name, as in `process.env`. An empty value counts as absent. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Visible ASCII but the comma, which stands between secrets. */
const SECRET = /^[\x21-\x2b\x2d-\x7e]{1,512}$/;

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

  list(name: string): string[] {
    return (this.text(name) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  /** One secret, or several with commas between them. They are never shown, not even when they are wrong. */
  secrets(name: string): SecretList | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const [first = '', ...others] = value.split(',').map((secret) => secret.trim());
    if (![first, ...others].every((secret) => SECRET.test(secret))) {
      throw new ConfigError(
        `${name} (hidden) must be 1 to 512 visible ASCII characters without spaces, or several such secrets with commas between them`,
      );
    }
    return [first, ...others];
  }

  /** A connection URL with the protocol `postgres` or `postgresql`; its password is hidden in messages. */
  postgresUrl(name: string): URL | undefined {
    const value = this.text(name);
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
