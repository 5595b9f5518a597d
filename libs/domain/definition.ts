/** Names of definitions: those of OpenAPI's components, so that a reference needs no escapes. */
export const DEFINITION_NAME = /^[A-Za-z0-9._-]{1,255}$/;

/** What a reference to a definition begins with. */
export const DEFINITION_PREFIX = '#/$defs/';

/** The name of the definition that a reference leads to, or into; `undefined`: it leads elsewhere. */
export function definitionName(reference: string): string | undefined {
  return /^#\/\$defs\/([A-Za-z0-9._-]+)(?:\/|$)/.exec(reference)?.[1];
}

/** JSON Schemas by name that the endpoints of an environment share. */
export type Definitions = Readonly<Record<string, unknown>>;
