/** The package has no types of its own; this is the part of it that is used. */
declare module 'fs-native-extensions' {
  /** Locks the whole file for this opening of it; false when another opening holds the lock. */
  export function tryLock(fd: number): boolean;
}
