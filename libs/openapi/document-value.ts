import { NestedTooDeep, parseBoundedJson } from '../json/bounded-json.js';
import { documentText } from './document-text.js';
import { withPointerReferences } from './schema-identifiers.js';
import { UnusableDocument } from './unusable-document.js';

/**
 * The value of a document that is JSON or YAML, in UTF-8 or UTF-16. Numbers keep their digits, and references by `$id`
 * and `$anchor` are JSON pointers.
 *
 * @param url where it was read, without a fragment
 * @throws UnusableDocument when it is neither, or exceeds a bound on depth or size
 */
export async function documentValue(bytes: Uint8Array, url?: string): Promise<unknown> {
  return withPointerReferences(await parsed(documentText(bytes)), url);
}

async function parsed(text: string): Promise<unknown> {
  if (/^\s*<(!doctype\s+html|html)\b/i.test(text)) throw new UnusableDocument('is an HTML page');
  if (/^\s*</.test(text)) throw new UnusableDocument('is XML: only JSON and YAML are read');
  let jsonError: SyntaxError | undefined;
  try {
    // Five times as fast as the YAML parser, which would take it as well.
    if (/^\s*[{[]/.test(text)) return parseBoundedJson(text);
  } catch (error) {
    if (error instanceof NestedTooDeep) throw new UnusableDocument(error.fault);
    jsonError = error as SyntaxError;
  }
  // Loaded only for YAML: it takes longer than most commands take.
  const { yamlValue } = await import('./yaml-value.js');
  try {
    return yamlValue(text);
  } catch (error) {
    // YAML may begin with a brace, but hardly with a brace and a quote.
    const isJson = jsonError !== undefined && /^\s*(\{\s*("|\})|\[\s*["{[\]])/.test(text);
    throw isJson ? new UnusableDocument(`is not valid JSON: ${jsonError?.message ?? ''}`) : error;
  }
}
