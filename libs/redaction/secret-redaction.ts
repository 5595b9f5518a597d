import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/app-config.js';

/** Stands in place of a secret. */
const HIDDEN = '(hidden)';

/** A key the registry made, in its public and its secret part. */
const API_KEY = /(mcp(?:op)?_[0-9a-f]{16}_)[A-Za-z0-9_-]+/g;

/** A shorter secret is part of ordinary words: it is replaced only where it is the whole text. */
const MIN_LENGTH = 8;

/**
 * Replaces secrets in texts that are kept, log lines and audit entries: the admin keys, the `SECRET_KEY`s, the
 * database's passwords and the secret part of API keys, wherever they occur, plain, in JSON or in a URL.
 */
@Injectable()
export class SecretRedaction {
  private readonly short: ReadonlySet<string>;
  /** The longest first: a secret may contain another one. */
  private readonly forms: readonly string[];

  constructor({ secrets: { secretKeys, adminKeys }, database }: AppConfig) {
    const secrets = [...secretKeys, ...adminKeys, ...passwordsIn(database.url, database.directUrl)];
    this.short = new Set(secrets.filter(({ length }) => length > 0 && length < MIN_LENGTH));
    const forms = secrets.filter(({ length }) => length >= MIN_LENGTH).flatMap(formsOf);
    this.forms = [...new Set(forms)].sort((one, other) => other.length - one.length);
  }

  /** The text with `(hidden)` in place of secrets. */
  redact(text: string): string {
    if (this.short.has(text)) return HIDDEN;
    const withoutSecrets = this.forms.reduce((redacted, form) => redacted.replaceAll(form, HIDDEN), text);
    return withoutSecrets.replace(API_KEY, `$1${HIDDEN}`);
  }
}

/** As it is, within JSON, and within a URL. */
function formsOf(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())];
}

/** As in the URL, and decoded. */
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
