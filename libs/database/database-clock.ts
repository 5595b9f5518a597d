/**
 * The time of the database clock, which all processes share: expiry and retention do not depend on the clocks of
 * machines. Between readings, and while the database is unavailable, the monotonic clock advances it.
 */
export class DatabaseClock {
  /** Milliseconds from the monotonic clock to the database's; by the machine's own clock until the first reading. */
  private offset = Date.now() - performance.now();

  now(): Date {
    return new Date(performance.now() + this.offset);
  }

  /**
   * Takes in what the database's clock showed, in milliseconds since the epoch, some time between two moments of the
   * monotonic clock. Time moves no further than is certain: a slow answer does not make it jump.
   */
  read(shown: number, askedAt: number, answeredAt: number): void {
    const [least, most] = [shown - answeredAt, shown - askedAt];
    this.offset = Math.min(Math.max(this.offset, least), most);
  }
}

/** Selects what {@link DatabaseClock.read} takes, as a number. */
export const DATABASE_TIME = `(extract(epoch FROM clock_timestamp()) * 1000)::double precision`;
