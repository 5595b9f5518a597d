import type { components } from '../api/schema.js';
import { pathOf } from '../paths.js';
import { age, moment } from './format.js';

export type AuditEntry = components['schemas']['AuditLogResponse'];

/** What an action did, before the name of its object. */
const SENTENCES: Readonly<Record<string, string>> = {
  'api-key.imported': 'imported an API key of',
  'api-key.issued': 'issued an API key of',
  'api-key.revoked': 'revoked an API key of',
  'api-key.rotated': 'rotated an API key of',
  'application.created': 'created',
  'application.deleted': 'deleted',
  'application.renamed': 'renamed',
  'application.updated': 'changed',
  'audit.pruned': 'removed old entries of the audit trail',
  'credentials.refused': 'was refused at',
  'endpoints.registered': 'registered endpoints of',
  'environment.created': 'created the environment',
  'environment.deleted': 'deleted the environment',
  'environment.renamed': 'renamed the environment',
  'environment.updated': 'changed the environment',
  'health.checked': 'probed',
  'health.status-changed': 'saw another status of',
  'operator-key.issued': 'issued an operator key',
  'operator-key.revoked': 'revoked an operator key',
  'operator-key.rotated': 'rotated an operator key',
  'operator.created': 'created an operator',
  'operator.deleted': 'deleted an operator',
  'operator.updated': 'changed an operator',
  'session.ended': 'signed out',
  'session.revoked': 'ended a session',
  'session.started': 'signed in',
};

/** The actions that entries have. */
export const AUDIT_ACTIONS = Object.keys(SENTENCES);

/** An entry as a sentence, with what changed folded out. */
export function AuditSentence({ entry }: { readonly entry: AuditEntry }) {
  const { action, actor, operatorName, via, reason, occurrences, createdAt } = entry;
  const fields = changedFields(entry);
  return (
    <div class="entry">
      <div>
        <strong>{operatorName ?? actor}</strong> {SENTENCES[action] ?? action} <Subject entry={entry} />
        {reason !== null && <>: {reason}</>}
        {occurrences > 1 && <> · {occurrences} times</>}
        <span class="muted">
          {via !== null && <> · {via}</>} ·{' '}
          <time dateTime={createdAt} title={moment(createdAt)}>
            {age(createdAt)}
          </time>
        </span>
      </div>
      <Changed fields={fields} isNew={entry.before === null} />
    </div>
  );
}

interface ChangedProps {
  readonly fields: readonly ChangedField[];
  readonly isNew: boolean;
}

/** So many changed fields are told at once. */
const INLINE = 2;

/** A few changed fields in lines of their own; more are folded in. */
function Changed({ fields, isNew }: ChangedProps) {
  if (fields.length === 0) return null;
  if (fields.length <= INLINE && !isNew) {
    return fields.map((field) => <Difference key={field.name} field={field} />);
  }
  return (
    <details>
      <summary>{isNew ? 'Values' : fields.map(({ name }) => name).join(', ')}</summary>
      {fields.map((field) => (
        <Difference key={field.name} field={field} />
      ))}
    </details>
  );
}

function Difference({ field: { name, before, after } }: { readonly field: ChangedField }) {
  return (
    <div class="difference">
      {name} {before !== undefined && <del>{before}</del>}
      {before !== undefined && after !== undefined && ' → '}
      {after !== undefined && <ins>{after}</ins>}
    </div>
  );
}

function Subject({ entry: { appKey, environment, action, resourceId } }: { readonly entry: AuditEntry }) {
  if (appKey === null) return action === 'credentials.refused' ? <em>{resourceId}</em> : null;
  const name = environment === null ? appKey : `${appKey} / ${environment}`;
  return <a href={pathOf(appKey, environment ?? undefined)}>{name}</a>;
}

interface ChangedField {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

function changedFields({ before, after }: AuditEntry): ChangedField[] {
  const old = (before ?? {}) as Readonly<Record<string, unknown>>;
  const young = (after ?? {}) as Readonly<Record<string, unknown>>;
  return [...new Set([...Object.keys(old), ...Object.keys(young)])].flatMap((name) => {
    const values = { name, before: textOf(old[name]), after: textOf(young[name]) };
    return values.before === values.after ? [] : [values];
  });
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
