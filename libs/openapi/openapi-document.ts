import { type JsonObject, objectOrEmpty } from './json-object.js';
import { canonical, valueAt } from './json-reference.js';
import { UnusableDocument } from './unusable-document.js';

/** An OpenAPI 3.x description, and what its `$ref`s lead to. */
export class OpenApiDocument {
  private constructor(
    readonly root: JsonObject,
    private readonly version: string,
  ) {}

  /** @throws UnusableDocument when it is not an OpenAPI 3.x description */
  static of(value: unknown): OpenApiDocument {
    const root = objectOrEmpty(value);
    const version = root.openapi;
    if (typeof version !== 'string' || !version.startsWith('3.')) {
      throw new UnusableDocument(
        'is not an OpenAPI description: it has no "openapi" that begins with 3, and no "swagger" that is 2.0',
      );
    }
    return new OpenApiDocument(root, version);
  }

  /** OpenAPI 3.0 has a dialect of JSON Schema of its own, and ignores what stands beside a `$ref`. */
  get isVersion30(): boolean {
    return this.version.startsWith('3.0');
  }

  /** What a reference such as `#/components/schemas/Order` names. */
  at(reference: string): unknown {
    const value = valueAt(this.root, reference);
    if (value === undefined) throw new UnusableDocument(`refers to "${reference}", which it does not have`);
    return value;
  }

  /** The object itself, or the one it refers to: parameters, bodies, responses and path items may be references. */
  resolved(value: unknown): JsonObject {
    return this.located(value, '#').object;
  }

  /** The same, and where it is: `pointer` is the value's own place. */
  located(value: unknown, pointer: string): { object: JsonObject; pointer: string } {
    const seen = new Set<string>();
    let object = objectOrEmpty(value);
    let place = pointer;
    while (typeof object.$ref === 'string') {
      if (seen.has(object.$ref)) throw new UnusableDocument(`refers to "${object.$ref}" in a circle`);
      seen.add(object.$ref);
      place = canonical(object.$ref);
      object = objectOrEmpty(this.at(object.$ref));
    }
    return { object, pointer: place };
  }
}
