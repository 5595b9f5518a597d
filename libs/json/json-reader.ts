import { childPointer } from '../validation/pointer.js';
import { isStorableText } from '../validation/storable-text.js';
import { parseExactJson } from './exact-json.js';
import { jsonOf } from './json-pieces.js';
import { numberFault } from './number-fault.js';

/** Nesting beyond this is refused: deeper documents would exhaust the stack of whatever walks them. */
export const MAX_JSON_DEPTH = 100;

/** JSON that is not accepted: its place (a JSON pointer as a URI fragment) and what is allowed there. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault';

  constructor(
    readonly pointer: string,
    readonly detail: string,
  ) {
    super(`${pointer} ${detail}`);
  }
}

type JsonKind = 'object' | 'array' | 'string' | 'other';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const WHITESPACE: ReadonlySet<number> = new Set([SPACE, 0x09, 0x0a, 0x0d]);
const KINDS: Readonly<Record<string, JsonKind>> = { '{': 'object', '[': 'array', '"': 'string' };
const LITERALS = ['true', 'false', 'null'];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** A shorter number without an exponent has nothing that could be lost. */
const PLAIN_NUMBER_LENGTH = 15;

/** How many values may follow, and the place they are counted from. */
interface Allowance {
  readonly max: number;
  readonly pointerLength: number;
  left: number;
}

/**
 * Reads JSON (RFC 8259) from its text and builds only the values that are asked for: megabytes of schemas are
 * checked and returned as text. Depth and number of values are bounded, and every text and number must be
 * storable. Invalid JSON is reported before values that cannot be stored.
 *
 * Every method throws `SyntaxError` for invalid JSON, and {@link JsonFault} beyond a bound.
 */
export class JsonReader {
  private at = 0;
  private depth = 0;
  private readonly keys: string[] = [];
  private allowance: Allowance;
  private fault: JsonFault | undefined;
  /** While the text of a value is being made: what precedes `from`. */
  private parts: string[] | undefined;
  private from = 0;
  /** How many names an object had already. */
  private repeatedNames = 0;

  /** @param maxValues how many values the text may hold, containers included */
  constructor(
    private readonly text: string,
    maxValues: number,
  ) {
    this.allowance = { max: maxValues, pointerLength: 0, left: maxValues };
    this.passWhitespace();
  }

  /** What comes next. */
  get kind(): JsonKind {
    return KINDS[this.text.charAt(this.at)] ?? 'other';
  }

  /** Reads an object; `member` has to read the value of the member it is called with. */
  object(member: (name: string) => void): void {
    this.container('{', '}', () => {
      if (this.kind !== 'string') throw this.unexpected();
      const name = this.characters();
      this.passWhitespace();
      this.expect(':');
      this.passWhitespace();
      this.keys.push(name);
      member(name);
      this.keys.pop();
    });
  }

  /** Reads an array; `item` has to read the item it is called for. */
  array(item: (index: number) => void): void {
    let index = 0;
    this.container('[', ']', () => {
      this.keys.push(String(index));
      item(index);
      this.keys.pop();
      index += 1;
    });
  }

  /** Reads a string. */
  string(): string {
    this.count();
    if (this.kind !== 'string') throw this.unexpected();
    return this.characters();
  }

  /** Reads any value. */
  value(): unknown {
    const begin = this.at;
    this.skip();
    return JSON.parse(this.text.slice(begin, this.at));
  }

  /** Reads any value, and does no more than check it. */
  skip(): void {
    switch (this.kind) {
      case 'object':
        this.skipObject();
        break;
      case 'array':
        this.array(() => {
          this.skip();
        });
        break;
      case 'string':
        this.string();
        break;
      case 'other':
        this.count();
        this.passNumberOrLiteral();
    }
  }

  /**
   * Reads any value and gives its text: without needless whitespace and escapes, with numbers as they were written. Of
   * a name that an object has twice the last value counts.
   *
   * @param maxValues how many values it may hold
   */
  compact(maxValues: number): string {
    const outer = this.allowance;
    const max = Math.min(maxValues, outer.left);
    if (max === maxValues) this.allowance = { max, pointerLength: this.keys.length, left: max };
    const parts = (this.parts = [] as string[]);
    this.from = this.at;
    const { repeatedNames } = this;
    this.skip();
    if (this.allowance !== outer) outer.left -= max - this.allowance.left;
    this.allowance = outer;
    parts.push(this.text.slice(this.from, this.at));
    this.parts = undefined;
    const text = parts.join('');
    return this.repeatedNames > repeatedNames ? jsonOf(parseExactJson(text)) : text;
  }

  /** Records a fault at the current value, which {@link end} throws. The first fault counts. */
  report(detail: string): void {
    this.fault ??= this.faultHere(detail);
  }

  /** Has to be called when all has been read: that nothing follows, and that nothing was found that cannot be stored. */
  end(): void {
    this.passWhitespace();
    if (this.at < this.text.length) throw this.unexpected();
    if (this.fault !== undefined) throw this.fault;
  }

  private skipObject(): void {
    const names = new Set<string>();
    this.object((name) => {
      if (names.has(name)) this.repeatedNames += 1;
      names.add(name);
      this.skip();
    });
  }

  private container(opening: string, closing: string, entry: () => void): void {
    this.expect(opening);
    this.count();
    this.depth += 1;
    if (this.depth > MAX_JSON_DEPTH) {
      throw this.faultHere(`must not be nested deeper than ${MAX_JSON_DEPTH} levels`);
    }
    this.passWhitespace();
    if (!this.passes(closing)) {
      do {
        this.passWhitespace();
        entry();
        this.passWhitespace();
      } while (this.passes(','));
      this.expect(closing);
    }
    this.depth -= 1;
  }

  private count(): void {
    const { allowance } = this;
    allowance.left -= 1;
    if (allowance.left >= 0) return;
    const place = this.keys.slice(0, allowance.pointerLength);
    throw new JsonFault(
      place.reduce(childPointer, '#'),
      `must not hold more than ${allowance.max} values, containers included`,
    );
  }

  private characters(): string {
    const begin = this.at;
    if (!this.passCharacters()) return this.text.slice(begin + 1, this.at - 1);
    const content = JSON.parse(this.text.slice(begin, this.at)) as string;
    if (!isStorableText(content)) this.report('must be valid Unicode without U+0000');
    this.replace(begin, JSON.stringify(content));
    return content;
  }

  /** @returns whether the string has escapes */
  private passCharacters(): boolean {
    const { text } = this;
    let at = this.at + 1;
    let hasEscapes = false;
    for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) {
      if (code === BACKSLASH) {
        hasEscapes = true;
        at += 2;
      } else if (code >= SPACE) at += 1;
      else {
        // A control character, or NaN: the end of the text.
        this.at = Math.min(at, text.length);
        throw this.unexpected();
      }
    }
    this.at = at + 1;
    return hasEscapes;
  }

  private passNumberOrLiteral(): void {
    const literal = LITERALS.find((each) => this.text.startsWith(each, this.at));
    if (literal !== undefined) {
      this.at += literal.length;
      return;
    }
    NUMBER.lastIndex = this.at;
    const digits = NUMBER.exec(this.text)?.[0];
    if (digits === undefined) throw this.unexpected();
    this.at += digits.length;
    if (digits.length <= PLAIN_NUMBER_LENGTH && !/e/i.test(digits)) return;
    const fault = numberFault(digits);
    if (fault !== undefined) this.report(fault);
  }

  private passWhitespace(): void {
    const begin = this.at;
    while (WHITESPACE.has(this.text.charCodeAt(this.at))) this.at += 1;
    if (this.at > begin) this.replace(begin, '');
  }

  /** Takes `replacement` for the text from `begin` to here where text is being made. */
  private replace(begin: number, replacement: string): void {
    if (this.parts === undefined) return;
    this.parts.push(this.text.slice(this.from, begin), replacement);
    this.from = this.at;
  }

  private passes(character: string): boolean {
    if (this.text.charAt(this.at) !== character) return false;
    this.at += 1;
    return true;
  }

  private expect(character: string): void {
    if (!this.passes(character)) throw this.unexpected();
  }

  private unexpected(): SyntaxError {
    return new SyntaxError(
      this.at < this.text.length
        ? `unexpected character at position ${this.at}`
        : 'it ends in the middle of a value',
    );
  }

  private faultHere(detail: string): JsonFault {
    return new JsonFault(this.keys.reduce(childPointer, '#'), detail);
  }
}
