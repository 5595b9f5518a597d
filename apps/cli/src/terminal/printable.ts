import { jsonTextOf } from '#libs/json/exact-json.js';

/**
 * Characters that do something to a terminal, or to the eye of its reader, instead of being seen: control characters
 * (C0, DEL, C1), separators of lines, those that turn the direction of writing, those without width. Not the variation
 * selectors that emoji have.
 */
const UNPRINTABLE =
  /(?![\ufe00-\ufe0f])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u;
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, 'gu');
const RUNS_OF_UNPRINTABLE = new RegExp(`(?:${UNPRINTABLE.source})+`, 'gu');

/** As one line of text that does nothing to a terminal: names and messages may come from anybody. */
export function printable(text: string): string {
  return text.replace(RUNS_OF_UNPRINTABLE, ' ');
}

/** Whether a text holds what {@link printable} replaces, besides line feeds. */
export function isUnprintable(text: string): boolean {
  return UNPRINTABLE.test(text.replaceAll('\n', ''));
}

/** The JSON text of a value, indented by two: what {@link printable} would replace is escaped, and numbers keep their digits. */
export function printableJson(value: unknown): string {
  return escaped(jsonTextOf(value, 2), (character) =>
    [...character.split('')].map((unit) => `\\u${hexadecimal(unit.charCodeAt(0), 4)}`).join(''),
  );
}

/** YAML whose texts are quoted by `"` wherever they are {@link isUnprintable}, with those characters escaped. */
export function printableYaml(text: string): string {
  return escaped(text, (character) => `\\U${hexadecimal(character.codePointAt(0) ?? 0, 8)}`);
}

function escaped(text: string, escape: (character: string) => string): string {
  return text.replace(ALL_UNPRINTABLE, (character) => (character === '\n' ? character : escape(character)));
}

function hexadecimal(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
