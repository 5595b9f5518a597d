import type { Content } from './content.js';

/** The contents that have a word, so that rare words are found without asking every content. */
export class ContentsByTerm {
  private readonly lists = new Map<number, Content[]>();

  add(content: Content): void {
    for (const term of content.terms) {
      const list = this.lists.get(term);
      if (list === undefined) this.lists.set(term, [content]);
      else list.push(content);
    }
  }

  remove(content: Content): void {
    for (const term of content.terms) {
      const list = this.lists.get(term) ?? [];
      const at = list.indexOf(content);
      const last = list.pop();
      if (list.length === 0) this.lists.delete(term);
      // The order of a list says nothing.
      else if (at < list.length && last !== undefined) list[at] = last;
    }
  }

  /** In no particular order. */
  of(term: number): readonly Content[] {
    return this.lists.get(term) ?? [];
  }
}
