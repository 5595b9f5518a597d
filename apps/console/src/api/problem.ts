/** A place of the input, and what is wrong with it. */
export interface Mistake {
  readonly pointer: string;
  readonly detail: string;
}

interface ProblemDocument {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly requestId?: string;
  readonly errors?: readonly Mistake[];
}

/** The registry refused a request, or could not be asked (status 0). */
export class Problem extends Error {
  override readonly name = 'Problem';

  private constructor(
    readonly status: number,
    /** Such as `invalid-input`; '' when the answer was no problem document. */
    readonly code: string,
    message: string,
    readonly mistakes: readonly Mistake[],
    readonly requestId: string | undefined,
    /** Seconds of `Retry-After`. */
    readonly retryAfter: number | undefined,
  ) {
    super(message);
  }

  static async of(response: Response): Promise<Problem> {
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
    const document = isProblem ? ((await response.json()) as ProblemDocument) : {};
    const {
      type = '',
      title = `The registry answered ${response.status}`,
      detail,
      errors = [],
      requestId,
    } = document;
    const retryAfter = Number(response.headers.get('retry-after') ?? NaN);
    return new Problem(
      response.status,
      type.split(':').at(-1) ?? '',
      detail ?? title,
      errors,
      requestId,
      Number.isFinite(retryAfter) ? retryAfter : undefined,
    );
  }

  /** What was thrown, as a problem. */
  static from(error: unknown): Problem {
    return error instanceof Problem ? error : Problem.unreachable();
  }

  /** The connection failed before there was an answer. */
  static unreachable(): Problem {
    return new Problem(0, 'unreachable', 'The registry cannot be reached.', [], undefined, undefined);
  }
}
