import type { DefinitionDifference } from './definitions.repository.js';
import type {
  ChangeCounts,
  EndpointChange,
  RegisterEndpointsResponse,
} from './dto/register-endpoints.response.js';
import type { EndpointDifference } from './endpoints.repository.js';

/** How an answer tells of a batch. */
export interface Telling {
  readonly dryRun: boolean;
  /** Whether it names each change, beside their number. */
  readonly namesChanges: boolean;
}

/** Counts what a batch changes, or would change, and says it in a sentence. */
export function registrationSummary(
  environment: string,
  size: number,
  differences: readonly EndpointDifference[],
  { dryRun, namesChanges }: Telling,
): RegisterEndpointsResponse {
  const counts = countsOf(size, differences);
  const { added, updated, deleted, unchanged } = counts;
  const verb = dryRun ? 'would be registered' : 'registered';
  return {
    ...counts,
    message: `${size} endpoints ${verb} in ${environment}: ${added} added, ${updated} updated, ${deleted} deleted, ${unchanged} unchanged`,
    ...(namesChanges && { changes: deletionsFirst(differences).map(described) }),
  };
}

/** Counts what a batch changes of the shared definitions; nothing when there are none before and after. */
export function definitionsSummary(
  size: number,
  differences: readonly DefinitionDifference[],
  { namesChanges }: Telling,
): Pick<RegisterEndpointsResponse, 'definitions' | 'definitionChanges'> {
  if (size === 0 && differences.length === 0) return {};
  return {
    definitions: countsOf(size, differences),
    ...(namesChanges && {
      definitionChanges: deletionsFirst(differences).map(({ kind, name }) => ({ change: kind, name })),
    }),
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

/** What is lost is to be read first. */
function deletionsFirst<Difference extends { readonly kind: string }>(
  differences: readonly Difference[],
): Difference[] {
  const isDeleted = ({ kind }: Difference): boolean => kind === 'deleted';
  return [...differences.filter(isDeleted), ...differences.filter((each) => !isDeleted(each))];
}

function described(each: EndpointDifference): EndpointChange {
  const { method, path } = each.kind === 'deleted' ? each.old : each.new;
  return { change: each.kind, method, path, ...(each.kind === 'updated' && { fields: each.fields }) };
}
