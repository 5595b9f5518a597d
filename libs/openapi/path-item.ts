import { isObject, type JsonObject, listOrEmpty } from './json-object.js';
import { pointerBelow } from './json-reference.js';
import type { Located, OpenApiDocument } from './openapi-document.js';

/** A path item: its own members and, where it is a reference, those of the path item that it refers to. */
export class PathItem {
  /** Its own members first: they win. */
  private readonly layers: readonly Located[];

  constructor(document: OpenApiDocument, value: unknown, pointer: string) {
    const own = { object: isObject(value) ? value : {}, pointer };
    const isReference = typeof own.object.$ref === 'string';
    this.layers = isReference ? [own, document.located(value, pointer)] : [own];
  }

  /** Its members by name, an operation or a list of servers for example. */
  get(key: string): Located | undefined {
    const layer = this.layers.find(({ object }) => isObject(object[key]));
    if (layer === undefined) return undefined;
    return { object: layer.object[key] as JsonObject, pointer: pointerBelow(layer.pointer, key) };
  }

  get servers(): unknown {
    return this.layers.find(({ object }) => object.servers !== undefined)?.object.servers;
  }

  /** The names of its members. */
  get keys(): readonly string[] {
    return [...new Set(this.layers.flatMap(({ object }) => Object.keys(object)))];
  }

  /** Its parameters with their places; its own come last, and so replace those of the same name. */
  get parameters(): readonly { readonly value: unknown; readonly pointer: string }[] {
    return [...this.layers].reverse().flatMap((layer) => parametersIn(layer));
  }
}

/** The parameters of a path item or an operation with their places. */
export function parametersIn({ object, pointer }: Located): { value: unknown; pointer: string }[] {
  return listOrEmpty(object.parameters).map((value, index) => ({
    value,
    pointer: pointerBelow(pointer, 'parameters', String(index)),
  }));
}
