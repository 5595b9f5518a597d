import { DEFINITION_PREFIX, definitionName } from '#libs/domain/definition.js';
import { isJsonField } from '#libs/domain/endpoint.js';
import { parseExactJson } from '#libs/json/exact-json.js';
import { jsonOf } from '#libs/json/json-pieces.js';
import { JsonText } from '#libs/json/json-text.js';
import { isObject, type JsonObject, objectOrEmpty } from '#libs/openapi/json-object.js';
import { references } from '#libs/openapi/schema-keywords.js';

/** The definitions that the endpoints of an environment share: makes their schemas self-contained. */
export class SharedDefinitions {
  private readonly schemas: ReadonlyMap<string, JsonText>;
  private readonly referred = new Map<string, readonly string[]>();

  /** @param definitions with their schemas as JSON text */
  constructor(definitions: readonly (readonly [name: string, schema: string])[]) {
    this.schemas = new Map(definitions.map(([name, schema]) => [name, new JsonText(schema)]));
  }

  /** The JSON of an endpoint with the definitions that each of its schemas needs, in its `$defs`. */
  selfContained(endpoint: string): string {
    // Most endpoints of most environments refer to none.
    return endpoint.includes(DEFINITION_PREFIX) ? jsonOf(this.expanded(parseExactJson(endpoint))) : endpoint;
  }

  private expanded(endpoint: unknown): JsonObject {
    const fields = Object.entries(objectOrEmpty(endpoint)).map(([field, value]): [string, unknown] => [
      field,
      isJsonField(field) && isObject(value) ? this.withDefinitions(value) : value,
    ]);
    return Object.fromEntries(fields);
  }

  private withDefinitions(schema: JsonObject): JsonObject {
    const own = objectOrEmpty(schema.$defs);
    const needed = this.closure(references(schema), own);
    if (needed.size === 0) return schema;
    const definitions = [...needed].map((name): [string, unknown] => [name, this.schemas.get(name)]);
    return { ...schema, $defs: { ...own, ...Object.fromEntries(definitions) } };
  }

  /** The shared definitions that these references lead to, directly or through others. */
  private closure(given: readonly string[], own: JsonObject): Set<string> {
    const needed = new Set<string>();
    const pending = given.flatMap((reference) => definitionName(reference) ?? []);
    for (const name of pending) {
      if (needed.has(name) || Object.hasOwn(own, name) || !this.schemas.has(name)) continue;
      needed.add(name);
      pending.push(...this.referencesOf(name));
    }
    return needed;
  }

  private referencesOf(name: string): readonly string[] {
    let found = this.referred.get(name);
    if (found === undefined) {
      const schema = parseExactJson(this.schemas.get(name)?.text ?? '{}');
      found = [...new Set(references(schema).flatMap((reference) => definitionName(reference) ?? []))];
      this.referred.set(name, found);
    }
    return found;
  }
}
