import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api } from '../api/client.js';
import type { components } from '../api/schema.js';
import { pathOf } from '../paths.js';
import { useLoad } from '../state/load.js';
import { environments } from '../state/registry.js';
import { useUrlState } from '../state/url-state.js';
import { Command, quoted } from '../ui/copy.js';
import { FilterBox } from '../ui/filter-box.js';
import { counted } from '../ui/format.js';
import { Loading } from '../ui/notes.js';
import { conditionOfHealth, Status } from '../ui/status.js';

type SearchAnswer = components['schemas']['SearchResponse'];

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'] as const;
const PAUSE_MS = 250;

/** Endpoints of all applications, found by what they do. */
export function Endpoints() {
  const url = useUrlState();
  const question = useAfterPause(url.get('q').trim());
  const method = METHODS.find((each) => each === url.get('method'));
  const environment = url.get('environment');
  const isHealthy = url.get('health') === 'healthy';
  const found = useLoad(JSON.stringify([question, method, environment, isHealthy]), async () => {
    if (question === '') return null;
    const { data } = await api.GET('/search', {
      params: {
        query: {
          q: question,
          limit: 50,
          ...(method !== undefined && { method }),
          ...(environment !== '' && { environment }),
          ...(isHealthy && { health: 'healthy' as const }),
        },
      },
    });
    return data ?? null;
  });
  const names = [...new Set(environments.value.map(({ name }) => name))].sort();
  const total = environments.value.reduce((sum, { endpoints }) => sum + endpoints, 0);
  return (
    <>
      <h1>Endpoints</h1>
      <FilterBox
        label="Search endpoints"
        placeholder="give a customer their money back, or an exact name or path"
        value={url.get('q')}
        onInput={(q) => {
          url.set({ q });
        }}
      />
      <div class="toolbar">
        <select
          aria-label="Method"
          onInput={(event) => {
            url.set({ method: event.currentTarget.value });
          }}
        >
          <option value="">any method</option>
          {METHODS.map((each) => (
            <option key={each} selected={each === method}>
              {each}
            </option>
          ))}
        </select>
        <select
          aria-label="Environment"
          onInput={(event) => {
            url.set({ environment: event.currentTarget.value });
          }}
        >
          <option value="">any environment</option>
          {names.map((name) => (
            <option key={name} selected={name === environment}>
              {name}
            </option>
          ))}
        </select>
        <label>
          <input
            type="checkbox"
            checked={isHealthy}
            onInput={(event) => {
              url.set({ health: event.currentTarget.checked ? 'healthy' : '' });
            }}
          />{' '}
          only healthy ones
        </label>
      </div>
      {question === '' ? (
        <p class="muted">
          {counted(total, 'endpoint')} are registered. Say what is needed, in words: the search that agents
          use answers.
        </p>
      ) : (
        <Loading of={found}>{(answer) => answer !== null && <Hits answer={answer} />}</Loading>
      )}
      <Command text={`mcp-registry search ${question === '' ? 'place an order' : quoted(question)}`} />
    </>
  );
}

function Hits({ answer: { hits, applications, goodMatch, suggestions } }: { readonly answer: SearchAnswer }) {
  return (
    <>
      {!goodMatch && (
        <p>No endpoint fits well.{suggestions.length > 0 && <> Try {suggestions.join(', ')}.</>}</p>
      )}
      {applications.length > 0 && (
        <p>
          Applications:{' '}
          {applications.map(({ application, name }) => (
            <a key={application} class="tag" href={pathOf(application)}>
              {name}
            </a>
          ))}
        </p>
      )}
      <ul class="hits">
        {hits.map((hit) => (
          <li key={hit.id}>
            <a
              href={`${pathOf(hit.application, hit.environment)}?tab=endpoints&q=${encodeURIComponent(`${hit.method} ${hit.path}`)}`}
            >
              <code>
                {hit.method} {hit.path}
              </code>{' '}
              {hit.name}
            </a>{' '}
            <Status condition={conditionOfHealth(hit.health.status)} />
            <div class="muted">
              {hit.application} / {hit.environment} · fit {hit.score} · {hit.why}
              {hit.deprecated && ' · deprecated'}
            </div>
            {hit.description !== null && <div class="short">{hit.description}</div>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** A text once it has not changed for a moment, so that not every keystroke asks. */
function useAfterPause(text: string): string {
  const settled = useSignal(text);
  useEffect(() => {
    const timer = setTimeout(() => {
      settled.value = text;
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [text]);
  return text === '' ? '' : settled.value;
}
