import { NestedTooDeep, parseBoundedJson } from '#libs/json/bounded-json.js';
import { UnusableDocument } from '#libs/openapi/unusable-document.js';

/**
 * The value of a text that is JSON or YAML. Numbers keep their digits.
 *
 * @throws UnusableDocument when it is neither, or exceeds a bound on depth or size
 */
export async function documentValue(text: string): Promise<unknown> {
  try {
    // Five times as fast as the YAML parser, which would take it as well.
    if (/^\s*[{[]/.test(text)) return parseBoundedJson(text);
  } catch (error) {
    if (error instanceof NestedTooDeep) throw new UnusableDocument(error.fault);
    // YAML may begin with a brace, too.
  }
  // Loaded only for YAML: it takes longer than most commands take.
  const { yamlValue } = await import('./yaml-value.js');
  return yamlValue(text);
}
