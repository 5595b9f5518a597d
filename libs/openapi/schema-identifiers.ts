import { parsedUrl } from '../validation/parsed-url.js';
import { rewriteObjects, visitObjects } from './document-objects.js';
import type { JsonObject } from './json-object.js';

/** Base URI of a document whose own URL is not known. */
const NO_URL = 'http://document.invalid/';

/** Where the identifiers of a document lead, as JSON pointers. */
interface Identifiers {
  /** Schemas by absolute `$id`. */
  readonly resources: ReadonlyMap<string, string>;
  /** Schemas by the absolute URI of their resource and their anchor. */
  readonly anchors: ReadonlyMap<string, string>;
  /** The base URI below each schema with an `$id`. */
  readonly bases: ReadonlyMap<object, string>;
}

/**
 * The document with every reference to an `$id`, `$anchor` or `$dynamicAnchor` of it as a JSON pointer (JSON Schema
 * 2020-12, section 8.2), and without these identifiers, which other copies of a schema must not repeat. References that
 * lead to other documents stay.
 *
 * @param url of the document, without a fragment
 */
export function withPointerReferences(root: unknown, url = NO_URL): unknown {
  const identifiers = identifiersOf(root, url);
  if (identifiers.resources.size === 0 && identifiers.anchors.size === 0) return root;
  const references = pointersByReference(root, url, identifiers);
  return rewriteObjects(root, (object) => {
    const { $id, $anchor: _anchor, $dynamicAnchor: _dynamicAnchor, $dynamicRef, $ref, ...rest } = object;
    const isReference = typeof $ref === 'string' || typeof $dynamicRef === 'string';
    return {
      ...(isReference && { $ref: references.get(object) ?? $ref ?? $dynamicRef }),
      ...($id !== undefined && typeof $id !== 'string' && { $id }),
      ...rest,
    };
  });
}

function identifiersOf(root: unknown, url: string): Identifiers {
  const resources = new Map<string, string>();
  const anchors = new Map<string, string>();
  const bases = new Map<object, string>();
  visitWithBase(root, url, bases, (object, pointer, base) => {
    if (typeof object.$id === 'string' && !resources.has(base)) resources.set(base, pointer);
    for (const anchor of [object.$anchor, object.$dynamicAnchor]) {
      if (typeof anchor === 'string' && !anchors.has(`${base}#${anchor}`)) {
        anchors.set(`${base}#${anchor}`, pointer);
      }
    }
  });
  return { resources, anchors, bases };
}

function pointersByReference(root: unknown, url: string, identifiers: Identifiers): Map<object, string> {
  const pointers = new Map<object, string>();
  visitWithBase(root, url, new Map(), (object, _pointer, base) => {
    const reference = object.$ref ?? object.$dynamicRef;
    if (typeof reference !== 'string') return;
    const pointer = pointerOf(reference, base, url, identifiers);
    if (pointer !== undefined) pointers.set(object, pointer);
  });
  return pointers;
}

/** The pointer of a reference into the document; `undefined` where it leads elsewhere, or is one already. */
function pointerOf(
  reference: string,
  base: string,
  url: string,
  { resources, anchors }: Identifiers,
): string | undefined {
  if (base === url && (reference === '#' || reference.startsWith('#/'))) return undefined;
  const target = parsedUrl(reference, base);
  if (target === undefined) return undefined;
  const fragment = target.hash.slice(1);
  target.hash = '';
  const resource = resources.get(target.href) ?? (target.href === url ? '#' : undefined);
  if (resource === undefined) return undefined;
  if (fragment === '' || fragment.startsWith('/')) return `${resource}${fragment}`;
  return anchors.get(`${target.href}#${fragment}`);
}

/** Visits every object with the base URI that its references are relative to. */
function visitWithBase(
  root: unknown,
  url: string,
  bases: Map<object, string>,
  visit: (object: JsonObject, pointer: string, base: string) => void,
): void {
  const baseAt: { readonly pointer: string; readonly base: string }[] = [];
  visitObjects(root, (object, pointer) => {
    while (baseAt.length > 0 && !isBelow(pointer, baseAt.at(-1)?.pointer ?? '')) baseAt.pop();
    const outer = baseAt.at(-1)?.base ?? url;
    const own = typeof object.$id === 'string' ? parsedUrl(object.$id, outer) : undefined;
    let base = outer;
    if (own !== undefined) {
      own.hash = '';
      base = own.href;
      baseAt.push({ pointer, base });
      bases.set(object, base);
    }
    visit(object, pointer, base);
  });
}

function isBelow(pointer: string, parent: string): boolean {
  return pointer === parent || pointer.startsWith(`${parent}/`);
}
