/** As long as a connection stays open for the next exchange. */
export const KEPT_MS = 4000;

/**
 * Tells which origins are worth a connection that stays open: those asked again within the time it would stay.
 * Thousands of origins that are asked once in a while would else cost a socket each for nothing.
 */
export class RecentOrigins {
  /** When each was asked last, the longest ago first. */
  private readonly askedAt = new Map<string, number>();

  /** Takes note of an exchange and tells whether the origin was asked shortly before. */
  note(origin: string, now = performance.now()): boolean {
    for (const [other, at] of this.askedAt) {
      if (at > now - KEPT_MS) break;
      this.askedAt.delete(other);
    }
    const known = this.askedAt.delete(origin);
    this.askedAt.set(origin, now);
    return known;
  }
}
