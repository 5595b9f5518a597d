import type { ComponentChildren } from 'preact';
import type { Problem } from '../api/problem.js';
import { may, type Role } from '../state/session.js';
import { told } from './form.js';

/** Why something cannot be shown, with another attempt. */
export function ProblemNote({
  problem,
  retry,
}: {
  readonly problem: Problem | undefined;
  readonly retry: () => void;
}) {
  if (problem === undefined) return null;
  return (
    <p role="alert">
      {told(problem)}{' '}
      <button type="button" class="small" onClick={retry}>
        Try again
      </button>
    </p>
  );
}

/** Lines that stand for rows that are being read; they appear only when that takes a while. */
export function Skeleton({ rows = 6 }: { readonly rows?: number }) {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} />
      ))}
    </div>
  );
}

/** What is read, or that it is being read, or why it cannot be. */
export function Loading<Value>({
  of: { value, problem, reload },
  rows,
  children,
}: {
  readonly of: {
    readonly value: Value | undefined;
    readonly problem: Problem | undefined;
    readonly reload: () => void;
  };
  readonly rows?: number;
  readonly children: (value: Value) => ComponentChildren;
}) {
  return (
    <>
      <ProblemNote problem={problem} retry={reload} />
      {value !== undefined && children(value)}
      {value === undefined && problem === undefined && <Skeleton {...(rows !== undefined && { rows })} />}
    </>
  );
}

/** Reads the next part of a list, while there is one. */
export function More({
  of: { more },
  label = 'More',
}: {
  readonly of: { readonly more: (() => void) | undefined };
  readonly label?: string;
}) {
  if (more === undefined) return null;
  return (
    <p>
      <button type="button" onClick={more}>
        {label}
      </button>
    </p>
  );
}

interface ActionProps {
  /** The least role that may do it. */
  readonly role: Role;
  readonly class?: string;
  readonly isDisabled?: boolean;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

/** A button for a change: who may not do it sees it disabled, and why. */
export function Action({ role, class: className, isDisabled, onClick, children }: ActionProps) {
  const reason = may(role) ? undefined : `This needs the role ${role}.`;
  return (
    <button
      type="button"
      class={className}
      disabled={reason !== undefined || isDisabled}
      title={reason}
      onClick={onClick}
    >
      {children}
      {reason !== undefined && <span class="only-read-aloud">: {reason}</span>}
    </button>
  );
}
