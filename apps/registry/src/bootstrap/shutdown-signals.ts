const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Ctrl-C reaches the service twice when npm runs it: from the terminal, and passed on by npm. That is one wish. */
const SAME_WISH_MS = 1000;

/** Aborted by the first SIGTERM or SIGINT, which asks for an orderly end; a second one ends the process at once. */
export function shutdownSignal(): AbortSignal {
  const stop = new AbortController();
  let askedAt: number | undefined;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      askedAt ??= performance.now();
      stop.abort();
      // As after kill -9, an embedded database keeps running; the next start adopts it.
      if (performance.now() - askedAt > SAME_WISH_MS) process.exit(1);
    });
  }
  return stop.signal;
}
