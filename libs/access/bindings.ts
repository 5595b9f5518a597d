/**
 * What an operator is bound to: applications by app key, environments by name. What lies outside is to the operator as if
 * it did not exist. The names need not exist yet.
 */
export class Bindings {
  /** Of everyone who is bound to nothing in particular. */
  static readonly NONE = new Bindings(null, null);

  /** null: all. */
  constructor(
    readonly applications: readonly string[] | null,
    readonly environments: readonly string[] | null,
  ) {}

  get areNone(): boolean {
    return this.applications === null && this.environments === null;
  }

  includesApplication(appKey: string): boolean {
    return this.applications?.includes(appKey) ?? true;
  }

  includesEnvironment(name: string): boolean {
    return this.environments?.includes(name) ?? true;
  }

  /** Names of which an application must have an environment to be seen; null: it is seen with any, and with none. */
  get telltaleEnvironments(): readonly string[] | null {
    return this.applications === null ? this.environments : null;
  }

  /** Whether an application is seen that has environments of these names. */
  includesApplicationWith(appKey: string, environments: readonly string[]): boolean {
    return (
      this.includesApplication(appKey) &&
      (this.telltaleEnvironments === null || environments.some((name) => this.includesEnvironment(name)))
    );
  }

  /** The same as of another reading of the same row. */
  equals({ applications, environments }: Pick<Bindings, 'applications' | 'environments'>): boolean {
    return sameNames(this.applications, applications) && sameNames(this.environments, environments);
  }

  /** As the end of a sentence: "is bound to …". */
  toString(): string {
    const parts = [listed('application', this.applications), listed('environment', this.environments)];
    return parts.filter((part) => part !== undefined).join(' and ');
  }
}

function sameNames(one: readonly string[] | null, other: readonly string[] | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function listed(what: string, names: readonly string[] | null): string | undefined {
  return names === null ? undefined : `the ${what}${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
}
