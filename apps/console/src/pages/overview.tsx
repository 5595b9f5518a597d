import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api } from '../api/client.js';
import { Problem } from '../api/problem.js';
import type { components } from '../api/schema.js';

type OverviewAnswer = components['schemas']['OverviewResponse'];

/** What needs the operator. */
export function Overview() {
  const overview = useSignal<OverviewAnswer | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  useEffect(() => {
    api
      .GET('/overview')
      .then(({ data }) => {
        overview.value = data;
      })
      .catch((error: unknown) => {
        problem.value = error instanceof Problem ? error : Problem.unreachable();
      });
  }, [overview, problem]);
  if (problem.value !== undefined) return <p role="alert">{problem.value.message}</p>;
  return <h1>{overview.value === undefined ? 'Overview' : sentence(overview.value)}</h1>;
}

function sentence({ environments: { health } }: OverviewAnswer): string {
  const all = health.length;
  const down = health.filter((status) => status === 'INACTIVE').length;
  if (all === 0) return 'No environment is registered yet';
  return down === 0 ? `None of ${all} environments is down` : `${down} of ${all} environments are down`;
}
