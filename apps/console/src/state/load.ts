import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { changes } from '../api/live.js';
import { Problem } from '../api/problem.js';

/** What a page reads. */
export interface Loaded<Value> {
  /** The last that was read; undefined: nothing yet. */
  readonly value: Value | undefined;
  /** Why the last attempt failed. */
  readonly problem: Problem | undefined;
  readonly reload: () => void;
}

/** What makes a page read again by itself. */
interface LoadOptions {
  /** Changes of this application; '': of any. */
  readonly application?: string;
  /** New entries of the audit trail. */
  readonly audit?: boolean;
}

/**
 * Reads at once, when `identity` changes, and with each change that `options` name. An answer that comes after a later question is
 * dropped.
 */
export function useLoad<Value>(
  identity: string,
  read: () => Promise<Value>,
  options: LoadOptions = {},
): Loaded<Value> {
  const value: Signal<Value | undefined> = useSignal<Value | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const asked = useRef(0);
  const latest = useRef(read);
  latest.current = read;
  const reload = (): void => {
    const turn = ++asked.current;
    latest
      .current()
      .then((answer) => {
        if (turn !== asked.current) return;
        value.value = answer;
        problem.value = undefined;
      })
      .catch((error: unknown) => {
        if (turn === asked.current) problem.value = Problem.from(error);
      });
  };
  useEffect(() => {
    value.value = undefined;
    problem.value = undefined;
    reload();
    return () => {
      asked.current++;
    };
  }, [identity]);
  const seen = useRef(changes.peek());
  useSignalEffect(() => {
    const change = changes.value;
    if (change === seen.current) return;
    seen.current = change;
    const { application, audit } = options;
    const concerns =
      (audit === true && change.hasAuditEntries) ||
      (application !== undefined &&
        (change.applications === undefined ||
          (application === '' ? change.applications.size > 0 : change.applications.has(application))));
    if (concerns) reload();
  });
  return { value: value.value, problem: problem.value, reload };
}
