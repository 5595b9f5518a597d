import type { ImportOrigin } from '#libs/domain/import-record.js';
import type { ImportedApiKey } from '../api-keys/dto/imported-api-key.js';
import type { ImportedApplication } from '../applications/dto/imported-application.js';
import type { ImportedEnvironment } from '../environments/dto/imported-environment.js';

/** A record as its source has it, fields by our names: checked by the rules of the registry before it is written. */
export interface SourceRecord {
  /** Location in the source, for error messages. */
  readonly record: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly origin?: ImportOrigin;
}

/** An application with everything below it: written whole or not at all. */
export interface SourceApplication extends SourceRecord {
  readonly appKey: string;
  /** true: the source has no name for it, so that a name given here stays. */
  readonly isNamedAfterKey: boolean;
  readonly health?: ImportedApplication['health'];
  readonly environments: readonly SourceEnvironment[];
}

export interface SourceEnvironment extends SourceRecord {
  /** Its id in the source, by which other records refer to it. */
  readonly sourceId?: string;
  readonly health?: ImportedEnvironment['health'];
  readonly endpoints: readonly SourceRecord[];
  /** Whether the source had endpoints that could not be read: then none is deleted here. */
  readonly isPartial: boolean;
  readonly apiKeys: readonly SourceApiKey[];
}

export interface SourceApiKey {
  readonly record: string;
  readonly key: ImportedApiKey;
}
