import { createHash } from 'node:crypto';
import { inSlices } from '#libs/event-loop/slices.js';
import { Vocabulary } from '#libs/text-search/vocabulary.js';
import { buildContent, type Content } from './content.js';
import { ContentsByTerm } from './contents-by-term.js';
import type { IndexedEndpoint, IndexedEnvironment } from './indexed-environment.js';

/** A content, and how many environments have it. */
export interface SharedContent {
  readonly fingerprint: string;
  readonly content: Content;
  environments: number;
}

/** The contents of all environments; those with the same endpoints, such as staging and production, share one. */
export class SharedContents {
  readonly vocabulary = new Vocabulary();
  readonly byTerm = new ContentsByTerm();
  private readonly byFingerprint = new Map<string, SharedContent>();

  /** The content of one environment more, until it is {@link release}d; built in slices if there is none like it. */
  async acquire(
    environment: IndexedEnvironment,
    endpoints: readonly IndexedEndpoint[],
  ): Promise<SharedContent> {
    const fingerprint = await fingerprintOf(environment, endpoints);
    const known = this.byFingerprint.get(fingerprint);
    if (known !== undefined) return oneMore(known);
    const content = await buildContent(environment, endpoints, this.vocabulary);
    const meanwhile = this.byFingerprint.get(fingerprint);
    if (meanwhile !== undefined) {
      this.forgetWords(content);
      return oneMore(meanwhile);
    }
    const shared = { fingerprint, content, environments: 1 };
    this.byFingerprint.set(fingerprint, shared);
    this.byTerm.add(content);
    return shared;
  }

  /** Ends the use by one environment. */
  release(shared: SharedContent): void {
    shared.environments -= 1;
    if (shared.environments > 0) return;
    this.byFingerprint.delete(shared.fingerprint);
    this.byTerm.remove(shared.content);
    this.forgetWords(shared.content);
  }

  private forgetWords(content: Content): void {
    for (const term of content.terms) this.vocabulary.release(term);
  }
}

function oneMore(shared: SharedContent): SharedContent {
  shared.environments += 1;
  return shared;
}

/** The same for environments of one application whose endpoints differ in nothing but their ids. */
async function fingerprintOf(
  { applicationKey, applicationName, applicationDescription }: IndexedEnvironment,
  endpoints: readonly IndexedEndpoint[],
): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([applicationKey, applicationName, applicationDescription]));
  await inSlices(endpoints, (endpoint) => {
    hash.update(JSON.stringify({ ...endpoint, id: undefined }, Object.keys(endpoint).sort()));
  });
  return hash.digest('base64');
}
