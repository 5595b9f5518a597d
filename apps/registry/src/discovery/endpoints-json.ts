import { pairsOf, RECORD_SEPARATOR } from '#libs/json/json-sequence.js';
import { SharedDefinitions } from './shared-definitions.js';

/** The JSON of an object with the endpoints of an environment: of the environment, or of its application. */
export class EndpointsJson {
  private readonly before: string;
  /** Each of them, or all in one text when there are no shared definitions. */
  private readonly endpoints: readonly string[];
  private readonly definitions: readonly (readonly [name: string, schema: string])[];

  /** @param sequence as the repository of discovery makes it */
  constructor(sequence: string) {
    const [object = '{}', count = '0', ...records] = sequence.split(RECORD_SEPARATOR);
    this.before = `${object.slice(0, -1)},"endpoints":[`;
    this.endpoints = records.slice(0, Number(count));
    this.definitions = pairsOf(records.slice(Number(count)));
  }

  /**
   * The JSON in parts, each schema with the shared definitions that it needs; `undefined` when these make it longer than
   * `maxLength` characters.
   */
  whole(maxLength: number): readonly string[] | undefined {
    if (this.definitions.length === 0) return [...this.selfContained()];
    const parts: string[] = [];
    let length = 0;
    for (const part of this.selfContained()) {
      length += part.length;
      if (length > maxLength) return undefined;
      parts.push(part);
    }
    return parts;
  }

  /** The same of any length, made part by part. */
  *selfContained(): Generator<string, void> {
    const shared = new SharedDefinitions(this.definitions);
    yield this.before;
    for (const [index, endpoint] of this.endpoints.entries()) {
      if (index > 0) yield ',';
      yield this.definitions.length === 0 ? endpoint : shared.selfContained(endpoint);
    }
    yield ']}';
  }

  /** The JSON in parts, with the shared definitions once. */
  shared(): readonly string[] {
    const definitions = this.definitions.map(([name, schema]) => `${JSON.stringify(name)}:${schema}`);
    return [this.before, ...separated(this.endpoints), '],"definitions":{', ...separated(definitions), '}}'];
  }
}

/** In parts, because joining them would take the memory of the whole text once more. */
function separated(texts: readonly string[]): string[] {
  return texts.flatMap((text, index) => (index === 0 ? [text] : [',', text]));
}
