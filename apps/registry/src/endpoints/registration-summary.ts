import type { DefinitionDifference } from './definitions.repository.js';
import type {
  ChangeCounts,
  EndpointChange,
  RegisterEndpointsResponse,
} from './dto/register-endpoints.response.js';
import type { EndpointDifference } from './endpoints.repository.js';

/** Counts what a batch changes, or would change, and says it in a sentence. */
export function registrationSummary(
  environment: string,
  size: number,
  differences: readonly EndpointDifference[],
  dryRun: boolean,
): RegisterEndpointsResponse {
  const counts = countsOf(size, differences);
  const { added, updated, deleted, unchanged } = counts;
  const verb = dryRun ? 'would be registered' : 'registered';
  return {
    ...counts,
    message: `${size} endpoints ${verb} in ${environment}: ${added} added, ${updated} updated, ${deleted} deleted, ${unchanged} unchanged`,
    ...(dryRun && { changes: differences.map(described) }),
  };
}

/** Counts what a batch changes of the shared definitions; nothing when there are none before and after. */
export function definitionsSummary(
  size: number,
  differences: readonly DefinitionDifference[],
  dryRun: boolean,
): Pick<RegisterEndpointsResponse, 'definitions' | 'definitionChanges'> {
  if (size === 0 && differences.length === 0) return {};
  return {
    definitions: countsOf(size, differences),
    ...(dryRun && { definitionChanges: differences.map(({ kind, name }) => ({ change: kind, name })) }),
  };
}

function countsOf(
  size: number,
  differences: readonly { readonly kind: 'added' | 'updated' | 'deleted' }[],
): ChangeCounts {
  const count = (kind: 'added' | 'updated' | 'deleted'): number =>
    differences.filter((each) => each.kind === kind).length;
  const [added, updated, deleted] = [count('added'), count('updated'), count('deleted')];
  return { added, updated, deleted, unchanged: size - added - updated };
}

function described(each: EndpointDifference): EndpointChange {
  const { method, path } = each.kind === 'deleted' ? each.old : each.new;
  return { change: each.kind, method, path, ...(each.kind === 'updated' && { fields: each.fields }) };
}
