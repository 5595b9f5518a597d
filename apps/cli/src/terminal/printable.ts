import { jsonTextOf } from '#libs/json/exact-json.js';

/**
 * Characters that control a terminal or mislead a reader: control characters (C0, DEL, C1), line separators,
 * bidirectional controls, characters without width. Not the variation selectors of emoji.
 */
const UNPRINTABLE =
  /(?![\ufe00-\ufe0f])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u;
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, 'gu');
const RUNS_OF_UNPRINTABLE = new RegExp(`(?:${UNPRINTABLE.source})+`, 'gu');

/** As one line that cannot control a terminal: names and messages come from any client. */
export function printable(text: string): string {
  return text.replace(RUNS_OF_UNPRINTABLE, ' ');
}

/** Whether a text holds characters that {@link printable} replaces, besides line feeds. */
export function isUnprintable(text: string): boolean {
  return UNPRINTABLE.test(text.replaceAll('\n', ''));
}

/**
 * JSON, indented by two unless told otherwise: characters that {@link printable} would replace are escaped, and numbers keep their digits.
 */
export function printableJson(value: unknown, indentation = 2): string {
  return escaped(jsonTextOf(value, indentation), (character) =>
    [...character.split('')].map((unit) => `\\u${hexadecimal(unit.charCodeAt(0), 4)}`).join(''),
  );
}

/** YAML that quotes {@link isUnprintable} texts with `"` and escapes those characters. */
export function printableYaml(text: string): string {
  return escaped(text, (character) => `\\U${hexadecimal(character.codePointAt(0) ?? 0, 8)}`);
}

function escaped(text: string, escape: (character: string) => string): string {
  return text.replace(ALL_UNPRINTABLE, (character) => (character === '\n' ? character : escape(character)));
}

function hexadecimal(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
