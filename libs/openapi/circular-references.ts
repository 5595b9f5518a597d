/** A reference on the search path with its state. */
interface Step {
  readonly reference: string;
  readonly number: number;
  /** The lowest number that can be reached from it, of those on the way. */
  lowest: number;
  readonly behind: readonly string[];
  /** How many of those behind it were followed. */
  followed: number;
}

/**
 * Finds references that lead back to themselves: the strongly connected components of what refers to what, by Tarjan's
 * algorithm, without recursion. However much refers to each other, everything is looked at once.
 */
export class CircularReferences {
  private readonly results = new Map<string, boolean>();

  /** @param behind the references of what a reference leads to */
  constructor(private readonly behind: (reference: string) => readonly string[]) {}

  has(reference: string): boolean {
    if (!this.results.has(reference)) this.search(reference);
    return this.results.get(reference) === true;
  }

  private search(start: string): void {
    const open = new Map<string, Step>();
    const component: Step[] = [];
    const path: Step[] = [];
    const enter = (reference: string): void => {
      const number = open.size;
      const step = { reference, number, lowest: number, behind: this.behind(reference), followed: 0 };
      open.set(reference, step);
      component.push(step);
      path.push(step);
    };
    enter(start);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const next = step.behind[step.followed];
      if (next !== undefined) {
        step.followed += 1;
        if (this.results.has(next)) continue;
        const known = open.get(next);
        if (known === undefined) enter(next);
        else step.lowest = Math.min(step.lowest, known.number);
        continue;
      }
      path.pop();
      const before = path.at(-1);
      if (before !== undefined) before.lowest = Math.min(before.lowest, step.lowest);
      if (step.lowest === step.number) this.close(component.splice(component.lastIndexOf(step)));
    }
  }

  private close(component: readonly Step[]): void {
    for (const { reference, behind } of component) {
      this.results.set(reference, component.length > 1 || behind.includes(reference));
    }
  }
}
