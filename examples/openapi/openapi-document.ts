import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/** A JSON object of unknown shape. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A description that cannot be turned into endpoints. The message is one line for the person who wrote it. */
export class UnusableDocument extends Error {
  override readonly name = 'UnusableDocument';
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value when it is an object, otherwise an empty one: absent parts of a document are like empty parts. */
export function objectOrEmpty(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** An OpenAPI 3.x description, and what its `$ref`s lead to. */
export class OpenApiDocument {
  constructor(readonly root: JsonObject) {
    const version = root.openapi;
    if (typeof version !== 'string' || !version.startsWith('3.')) {
      throw new UnusableDocument(
        'is not an OpenAPI 3.x description: it has no "openapi" property that begins with 3.',
      );
    }
  }

  /** Reads YAML or JSON. */
  static async read(file: string): Promise<OpenApiDocument> {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw new UnusableDocument(`cannot be read: ${(error as Error).message}`);
    });
    try {
      return new OpenApiDocument(objectOrEmpty(parse(text, { prettyErrors: true })));
    } catch (error) {
      if (error instanceof UnusableDocument) throw error;
      throw new UnusableDocument(
        `is neither YAML nor JSON: ${(error as Error).message.split('\n', 1)[0] ?? ''}`,
      );
    }
  }

  /** In OpenAPI 3.0 what stands beside a `$ref` is ignored; from 3.1 on it counts. */
  get ignoresSiblingsOfRefs(): boolean {
    return (this.root.openapi as string).startsWith('3.0');
  }

  /** What a reference such as `#/components/schemas/Order` names. */
  at(reference: string): unknown {
    if (!reference.startsWith('#/')) {
      throw new UnusableDocument(`refers to "${reference}" outside itself; bundle it into one file first`);
    }
    let value: unknown = this.root;
    for (const token of reference.slice(2).split('/').map(unescaped)) {
      value = Array.isArray(value) ? (value as unknown[])[Number(token)] : objectOrEmpty(value)[token];
    }
    if (value === undefined) throw new UnusableDocument(`refers to "${reference}", which it does not have`);
    return value;
  }

  /** The object itself, or the one it refers to: parameters, bodies, responses and path items may be references. */
  resolved(value: unknown): JsonObject {
    const seen = new Set<string>();
    let object = objectOrEmpty(value);
    while (typeof object.$ref === 'string') {
      if (seen.has(object.$ref)) throw new UnusableDocument(`refers to "${object.$ref}" in a circle`);
      seen.add(object.$ref);
      object = objectOrEmpty(this.at(object.$ref));
    }
    return object;
  }
}

/** One token of a JSON pointer in a URI fragment (RFC 6901). */
function unescaped(token: string): string {
  return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
}
