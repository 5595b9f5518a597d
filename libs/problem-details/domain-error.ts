/**
 * One error in the input: its place (a JSON pointer as a URI fragment, RFC 6901 section 6) and what is allowed.
 */
export interface InputError {
  readonly pointer: string;
  readonly detail: string;
}

export interface DomainErrorDescription {
  /** Kebab-case name clients can switch on; becomes the problem's `type`. */
  readonly code: string;
  readonly status: number;
  readonly title: string;
  /** A sentence for the client's developer. Never holds a secret. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly InputError[];
}

/** A refusal that is part of the contract. The problem filter renders it; everything else is a 500. */
export abstract class DomainError extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly InputError[] | undefined;

  constructor(description: DomainErrorDescription) {
    super(description.detail);
    this.name = new.target.name;
    this.code = description.code;
    this.status = description.status;
    this.title = description.title;
    this.headers = description.headers ?? {};
    this.errors = description.errors;
  }
}
