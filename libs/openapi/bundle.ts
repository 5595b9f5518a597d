import { holdsNames, visitObjects } from './document-objects.js';
import type { DocumentSet, SourceDocument } from './document-set.js';
import { isObject, type JsonObject, mapValues } from './json-object.js';
import { pointerBelow, pointerTokens } from './json-reference.js';
import { isData } from './schema-keywords.js';
import { UnusableDocument } from './unusable-document.js';

/** Members that hold path items by name. */
const PATH_ITEMS = new Set(['paths', 'pathItems', 'webhooks']);
/** Member of the root that holds objects that are referred to with something beside the reference. */
const STASH = 'x-referenced';
/** References to follow for one: more of them lead in a circle. */
const MAX_HOPS = 100;
/** All values of the root and of everything that comes into it. */
const MAX_VALUES = 5_000_000;

/**
 * The root of a description with everything in it that it refers to in other documents: each object in the place of the
 * first reference to it, which the others lead to. References that lead back into the root stay.
 *
 * @throws UnusableDocument when a document must not or cannot be read, or does not have what a reference names
 */
export async function bundled(source: DocumentSet): Promise<unknown> {
  if (!(await readAll(source))) return source.root.value;
  return new Bundler(source).bundle();
}

/** Reads all documents, one after the other. @returns whether any reference names a document */
async function readAll(source: DocumentSet): Promise<boolean> {
  const documents = new Set([source.root]);
  let found = 0;
  for (const document of documents) {
    for (const { reference, pointer } of outsideReferences(document.value)) {
      documents.add(await source.read({ reference, document, pointer }));
      found += 1;
    }
  }
  return found > 0;
}

interface Found {
  readonly reference: string;
  readonly pointer: string;
}

function outsideReferences(root: unknown): Found[] {
  const found: Found[] = [];
  visitObjects(root, ({ $ref: reference }, pointer) => {
    if (typeof reference === 'string' && !reference.startsWith('#')) found.push({ reference, pointer });
  });
  return found;
}

/** Where a value is written in the root, and the document that it comes from. */
interface Place {
  readonly pointer: string;
  readonly document: SourceDocument;
}

/** What a reference leads to. */
interface Target extends Place {
  readonly value: unknown;
}

class Bundler {
  /** Where the objects of other documents are written, by document and their pointer in it. */
  private readonly places = new Map<SourceDocument, Map<string, string>>();
  private readonly stash = new Map<string, unknown>();
  private readonly isSwagger: boolean;
  private values = 0;

  constructor(private readonly source: DocumentSet) {
    this.isSwagger = isObject(source.root.value) && 'swagger' in source.root.value;
  }

  bundle(): unknown {
    const { root } = this.source;
    const whole = this.written(root.value, { pointer: '#', document: root });
    return this.stash.size === 0 || !isObject(whole)
      ? whole
      : { ...whole, [STASH]: Object.fromEntries(this.stash) };
  }

  private written(value: unknown, place: Place, isPathItem = false): unknown {
    this.values += 1;
    if (this.values > MAX_VALUES) {
      throw new UnusableDocument(`has more than ${MAX_VALUES} values with what it refers to`);
    }
    if (Array.isArray(value)) {
      return value.map((item, index) => this.written(item, below(place, String(index))));
    }
    if (!isObject(value)) return value;
    if (typeof value.$ref !== 'string') return this.writtenMembers(value, place);
    const { $ref: reference, ...rest } = value;
    return this.writtenReference(reference, rest, place, isPathItem);
  }

  private writtenMembers(value: JsonObject, place: Place): JsonObject {
    return mapValues(value, (key, child) => {
      const at = below(place, key);
      if (holdsNames(key, child)) {
        const arePathItems = PATH_ITEMS.has(key);
        return mapValues(child, (name, each) => this.written(each, below(at, name), arePathItems));
      }
      return isData(key) ? child : this.written(child, at);
    });
  }

  /** @param rest what stands beside the reference */
  private writtenReference(reference: string, rest: JsonObject, place: Place, isPathItem: boolean): unknown {
    const { root } = this.source;
    const beside = this.writtenMembers(rest, place);
    if (place.document === root && reference.startsWith('#')) return { ...beside, $ref: reference };
    const target = this.located(reference, place.document);
    if (target.document === root) return { ...beside, $ref: target.pointer };
    const places = this.placesIn(target.document);
    const known = places.get(target.pointer);
    if (known !== undefined) return { ...beside, $ref: known };
    // Swagger ignores what stands beside a reference (JSON Reference, section 3), except in a path item.
    const isInPlace = isPathItem || this.isSwagger || Object.keys(rest).length === 0;
    const pointer = isInPlace ? place.pointer : this.placeInStash(target);
    places.set(target.pointer, pointer);
    const written = this.written(target.value, { pointer, document: target.document }, isPathItem);
    if (isInPlace) return isPathItem && isObject(written) ? { ...written, ...beside } : written;
    this.stash.set(nameIn(pointer), written);
    return { ...beside, $ref: pointer };
  }

  /** @param hops how many references on the way were followed before */
  private located(reference: string, from: SourceDocument, hops = 0): Target {
    const document = this.source.known(reference, from);
    if (document === undefined || hops > MAX_HOPS) {
      throw new UnusableDocument(`refers to "${reference}", which leads nowhere`);
    }
    let target: Target = { document, pointer: '#', value: document.value };
    for (const token of pointerTokens(fragmentOf(reference))) {
      const { value } = target;
      if (isObject(value) && typeof value.$ref === 'string' && !Object.hasOwn(value, token)) {
        target = this.located(value.$ref, target.document, hops + 1);
      }
      target = child(target, token, reference);
    }
    return target;
  }

  private placesIn(document: SourceDocument): Map<string, string> {
    const places = this.places.get(document) ?? new Map<string, string>();
    this.places.set(document, places);
    return places;
  }

  /** A place for the referenced object, named after it because it may name a definition. */
  private placeInStash({ pointer, document }: Target): string {
    const file = document.url?.pathname.replace(/.*\//, '').replace(/\.[^.]*$/, '');
    const wished = pointerTokens(pointer).at(-1) ?? file ?? '';
    let name = wished;
    for (let number = 2; this.stash.has(name); number += 1) name = `${wished}${number}`;
    this.stash.set(name, undefined);
    return pointerBelow('#', STASH, name);
  }
}

function child({ document, pointer, value }: Target, token: string, reference: string): Target {
  if ((!isObject(value) && !Array.isArray(value)) || !Object.hasOwn(value, token)) {
    throw new UnusableDocument(`refers to "${reference}", but there is no "${token}"`);
  }
  return { document, pointer: pointerBelow(pointer, token), value: (value as JsonObject)[token] };
}

function below({ pointer, document }: Place, key: string): Place {
  return { pointer: pointerBelow(pointer, key), document };
}

function nameIn(pointer: string): string {
  return pointerTokens(pointer).at(-1) ?? '';
}

function fragmentOf(reference: string): string {
  const begin = reference.indexOf('#');
  return begin === -1 ? '#' : reference.slice(begin);
}
