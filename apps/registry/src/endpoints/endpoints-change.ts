import type { ApplicationCaller } from '#libs/access/caller.js';
import type { Change } from '#libs/audit-trail/change-recorder.js';
import { inSlices } from '#libs/event-loop/slices.js';
import type { DefinitionDifference } from './definitions.repository.js';
import type { EndpointDifference } from './endpoints.repository.js';

/** The environment whose endpoints are registered. */
export type RegisteringEnvironment = Pick<
  ApplicationCaller,
  'applicationId' | 'appKey' | 'environmentId' | 'environment'
>;

/** A change of an environment's endpoints, as the audit trail records it. */
export async function endpointsChange(
  { applicationId, appKey, environmentId, environment }: RegisteringEnvironment,
  differences: readonly EndpointDifference[],
  definitions: readonly DefinitionDifference[] = [],
): Promise<Change> {
  return {
    resourceType: 'endpoints',
    resourceId: environmentId,
    applicationId,
    appKey,
    environmentId,
    environment,
    ...withDefinitions(await auditValues(differences), definitions),
  };
}

/**
 * The values of a batch: deleted endpoints whole, the changed fields of updated ones, the operation of added ones. With
 * the table they tell every earlier state.
 */
async function auditValues(
  differences: readonly EndpointDifference[],
): Promise<{ before: object; after: object }> {
  const before: Record<'updated' | 'deleted', Record<string, unknown>> = { updated: {}, deleted: {} };
  const after: { added: string[]; updated: Record<string, unknown> } = { added: [], updated: {} };
  await inSlices(differences, (each) => {
    const { method, path } = each.kind === 'deleted' ? each.old : each.new;
    const operation = `${method} ${path}`;
    if (each.kind === 'added') after.added.push(operation);
    else if (each.kind === 'deleted') before.deleted[operation] = each.old;
    else {
      before.updated[operation] = picked(each.old, each.fields);
      after.updated[operation] = picked(each.new, each.fields);
    }
  });
  return { before, after };
}

/** The same with the shared definitions: names of added ones, old and new schemas of others. */
function withDefinitions(
  { before, after }: { before: object; after: object },
  differences: readonly DefinitionDifference[],
): { before: unknown; after: unknown } {
  if (differences.length === 0) return { before, after };
  const schemas = (side: 'old' | 'new', kind: DefinitionDifference['kind']): Record<string, unknown> =>
    Object.fromEntries(
      differences.flatMap((each) =>
        each.kind === kind ? [[each.name, (each as { old?: unknown; new?: unknown })[side]]] : [],
      ),
    );
  return {
    before: {
      ...before,
      definitions: { updated: schemas('old', 'updated'), deleted: schemas('old', 'deleted') },
    },
    after: {
      ...after,
      definitions: {
        added: differences.flatMap(({ kind, name }) => (kind === 'added' ? [name] : [])),
        updated: schemas('new', 'updated'),
      },
    },
  };
}

function picked(source: object, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, (source as Record<string, unknown>)[field]]));
}
