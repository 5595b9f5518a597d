import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { MAX_NESTING } from '../json/bounded-json.js';
import { isExactNumber, parseExactJson } from '../json/exact-json.js';
import { UnusableDocument } from './unusable-document.js';

/** Pieces of the text: each takes some 250 bytes of memory while it is read. */
const MAX_TOKENS = 8_000_000;
/** Values, each as often as an alias repeats it. */
const MAX_VALUES = 5_000_000;

/**
 * The value of a YAML 1.2 text: numbers keep their digits, merge keys (`<<`) are applied, aliases give the same object
 * again.
 *
 * @throws UnusableDocument when it is not YAML, holds several documents, or exceeds a bound on depth or size
 */
export function yamlValue(text: string): unknown {
  const lines = new LineCounter();
  const [document, ...others] = composed(text, lines);
  if (document === undefined) return null;
  if (others.length > 0) throw new UnusableDocument('holds several YAML documents: only one can be imported');
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    const [reason = ''] = error.message.split('\n', 1);
    throw new UnusableDocument(`is neither YAML nor JSON: ${reason} at line ${line}, column ${col}`);
  }
  return new ValueReader().valueOf(document.contents);
}

function composed(text: string, lines: LineCounter): Document.Parsed[] {
  // Keys are compared by the reader: the composer compares each with every other one.
  const composer = new Composer({ schema: 'core', uniqueKeys: false });
  return [...composer.compose(boundedTokens(text, lines), true, text.length)];
}

/** What the parser makes of the text, as long as it is within the bounds: the composer recurses into it. */
function* boundedTokens(text: string, lines: LineCounter): ReturnType<Parser['parse']> {
  const parser = new Parser(lines.addNewLine);
  let tokens = 0;
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    tokens += 1;
    if (parser.stack.length > MAX_NESTING) {
      throw new UnusableDocument(`is nested deeper than ${MAX_NESTING} levels`);
    }
    if (tokens > MAX_TOKENS) {
      throw new UnusableDocument(`is YAML of more than ${MAX_TOKENS} tokens: convert it to JSON`);
    }
  }
  yield* parser.end();
}

/** What an anchor names, and how many values that is; `undefined` while it is being read. */
type Anchored = { readonly value: unknown; readonly size: number } | undefined;

class ValueReader {
  private readonly anchors = new Map<string, Anchored>();
  private size = 0;

  valueOf(node: Node | null): unknown {
    this.count(1);
    if (node === null) return null;
    if (isAlias(node)) return this.aliased(node.source);
    const { anchor } = node as { readonly anchor?: string };
    if (anchor === undefined) return this.plainValueOf(node);
    const before = this.size;
    this.anchors.set(anchor, undefined);
    const value = this.plainValueOf(node);
    this.anchors.set(anchor, { value, size: this.size - before });
    return value;
  }

  private plainValueOf(node: Node): unknown {
    if (isScalar(node)) return scalarValue(node);
    if (isSeq<Node>(node)) return node.items.map((item) => this.valueOf(item));
    return isMap<Node, Node | null>(node) ? this.objectOf(node) : null;
  }

  private objectOf({ items }: YAMLMap<Node, Node | null>): object {
    const members = new Map<string, unknown>();
    const merged: unknown[] = [];
    for (const { key, value } of items) {
      if (isMergeKey(key)) {
        merged.push(this.valueOf(value));
        continue;
      }
      const name = this.keyOf(key);
      if (members.has(name)) throw new UnusableDocument(`has the key "${name.slice(0, 60)}" twice in a map`);
      members.set(name, this.valueOf(value));
    }
    for (const object of merged.flat()) this.merge(object, members);
    return Object.fromEntries(members);
  }

  /** Own keys win over merged ones, earlier merges over later ones. */
  private merge(object: unknown, members: Map<string, unknown>): void {
    if (typeof object !== 'object' || object === null) {
      throw new UnusableDocument('has a merge key (<<) whose value is not a map');
    }
    for (const [name, value] of Object.entries(object)) if (!members.has(name)) members.set(name, value);
  }

  private keyOf(key: Node | null): string {
    const value = this.valueOf(key);
    if (value === null) return '';
    if (isExactNumber(value)) return value.value;
    if (typeof value === 'object') {
      throw new UnusableDocument('has a map with a key that is a map or a list');
    }
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  private aliased(name: string): unknown {
    const anchored = this.anchors.get(name);
    if (anchored === undefined) {
      throw new UnusableDocument(
        this.anchors.has(name)
          ? `has the alias *${name} within what it stands for`
          : `has the alias *${name}, but no anchor &${name} before it`,
      );
    }
    this.count(anchored.size);
    return anchored.value;
  }

  private count(values: number): void {
    this.size += values;
    if (this.size > MAX_VALUES) {
      throw new UnusableDocument(`has more than ${MAX_VALUES} values with its aliases written out`);
    }
  }
}

function isMergeKey(key: Node | null): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<';
}

function scalarValue({ value, source = '' }: Scalar): unknown {
  // A tag of an application may have made something of it that JSON does not have.
  if (typeof value === 'object' && value !== null) return source;
  if (typeof value !== 'number') return value;
  try {
    const exact = parseExactJson(source.replace(/^\+/, ''));
    return isExactNumber(exact) ? exact : value;
  } catch {
    // Such as 0x1F or .5, which JSON does not write like this.
    return value;
  }
}
