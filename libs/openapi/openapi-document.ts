import { type JsonObject, objectOrEmpty } from './json-object.js';
import { canonical, valueAt } from './json-reference.js';
import { UnusableDocument } from './unusable-document.js';

/** An object of a description and its JSON pointer. */
export interface Located {
  readonly object: JsonObject;
  readonly pointer: string;
}

/** An OpenAPI 3.x description, and what its `$ref`s lead to. References that lead nowhere are collected as mistakes. */
export class OpenApiDocument {
  private mistakes = new Set<string>();

  private constructor(
    readonly root: JsonObject,
    private readonly version: string,
    /** Where it was read, after redirects; relative servers are below it. */
    readonly url: string | undefined,
  ) {}

  /** @throws UnusableDocument when it is not an OpenAPI 3.x description */
  static of(value: unknown, url?: string): OpenApiDocument {
    const root = objectOrEmpty(value);
    const version = String(root.openapi);
    if (!/^3\b/.test(version)) throw new UnusableDocument(kindOf(root));
    return new OpenApiDocument(root, version, url);
  }

  /** OpenAPI 3.0 has its own dialect of JSON Schema, and ignores the siblings of a `$ref`. */
  get isVersion30(): boolean {
    return /^3(\.0|$)/.test(this.version);
  }

  /** Records a mistake in the part that is being read. */
  report(mistake: string): void {
    this.mistakes.add(mistake);
  }

  /** The mistakes since the last call, in their order. */
  takeMistakes(): readonly string[] {
    const taken = [...this.mistakes];
    this.mistakes = new Set();
    return taken;
  }

  /** The value that a reference such as `#/components/schemas/Order` names; an empty object, and a mistake, without one. */
  at(reference: string): unknown {
    const value = this.find(reference);
    if (value !== undefined) return value;
    this.report(`refers to "${reference}", which the document does not have`);
    return {};
  }

  /** The same; `undefined` when there is no such place. */
  find(reference: string): unknown {
    return reference === '#' || reference.startsWith('#/') ? valueAt(this.root, reference) : undefined;
  }

  /** The object itself, or the one it refers to: parameters, bodies, responses and path items may be references. */
  resolved(value: unknown): JsonObject {
    return this.located(value, '#').object;
  }

  /** The same, and where it is: `pointer` is the value's own place. */
  located(value: unknown, pointer: string): Located {
    const seen = new Set<string>();
    let object = objectOrEmpty(value);
    let place = pointer;
    while (typeof object.$ref === 'string') {
      const reference = object.$ref;
      if (seen.has(reference)) {
        this.report(`refers to "${reference}" in a circle`);
        return { object: {}, pointer: place };
      }
      seen.add(reference);
      const target = this.at(reference);
      if (this.find(reference) !== undefined) place = canonical(reference);
      object = objectOrEmpty(target);
    }
    return { object, pointer: place };
  }
}

/** Says what a document is that is no OpenAPI description. */
function kindOf(root: JsonObject): string {
  const { schema, _postman_id: postmanId } = objectOrEmpty(root.info);
  if (postmanId !== undefined || String(schema).includes('schema.getpostman.com')) {
    return 'is a Postman collection: export it as OpenAPI first';
  }
  if (root.asyncapi !== undefined)
    return 'is an AsyncAPI document, which describes messages and no HTTP operations';
  return 'is not an OpenAPI description: it has no "openapi" that begins with 3, and no "swagger" that is 2.0';
}
