import { useSignal } from '@preact/signals';
import { api } from '../../api/client.js';
import { objectOf, type Schema } from '../../api/json-schema.js';
import { useLoad } from '../../state/load.js';
import { useUrlState } from '../../state/url-state.js';
import { Command, Copy, quoted } from '../../ui/copy.js';
import { FilterBox } from '../../ui/filter-box.js';
import { Action, Loading } from '../../ui/notes.js';
import { type EndpointAnswer, EndpointDetails } from './endpoint-details.js';
import { ImportDocument } from './import-document.js';
import type { TabProps } from './tab-props.js';

/** More are drawn only when they are asked for. */
const MOST = 150;

/** What agents may call in an environment. */
export function EndpointsTab({ application: { appKey }, environment: { name, baseDomain } }: TabProps) {
  const url = useUrlState();
  const filter = url.get('q');
  const isImporting = useSignal(false);
  const read = useLoad(
    `${appKey} ${name}`,
    async () => {
      const query = { app_key: appKey, environment: name, definitions: 'shared' as const };
      return (await api.GET('/endpoints', { params: { query } })).data ?? null;
    },
    { application: appKey },
  );
  return (
    <>
      <div class="toolbar">
        <Action
          role="editor"
          class="primary"
          onClick={() => {
            isImporting.value = true;
          }}
        >
          Import an OpenAPI document
        </Action>
      </div>
      <Loading of={read}>
        {(answer) => {
          const all = answer === null ? [] : answer.endpoints;
          if (all.length === 0) return <NoEndpoints appKey={appKey} name={name} />;
          return (
            <>
              <FilterBox
                label="Filter endpoints"
                placeholder="orders, or POST"
                value={filter}
                onInput={(q) => {
                  url.set({ q });
                }}
              />
              <List
                endpoints={matching(all, filter)}
                total={all.length}
                definitions={objectOf(answer?.definitions) ?? {}}
                baseDomain={baseDomain}
              />
            </>
          );
        }}
      </Loading>
      <Command text={`mcp-registry endpoints list ${quoted(appKey)} ${quoted(name)}`} />
      {isImporting.value && (
        <ImportDocument
          appKey={appKey}
          environment={name}
          baseDomain={baseDomain}
          onClose={() => {
            isImporting.value = false;
            read.reload();
          }}
        />
      )}
    </>
  );
}

function matching(endpoints: readonly EndpointAnswer[], filter: string): EndpointAnswer[] {
  const words = filter.toLowerCase().split(/\s+/);
  return endpoints.filter(({ method, path, name, operationId }) => {
    const text = `${method} ${path} ${name} ${operationId ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

interface ListProps {
  readonly endpoints: readonly EndpointAnswer[];
  readonly total: number;
  readonly definitions: Schema;
  readonly baseDomain: string | null;
}

function List({ endpoints, total, definitions, baseDomain }: ListProps) {
  const isWhole = useSignal(false);
  const shown = isWhole.value ? endpoints : endpoints.slice(0, MOST);
  return (
    <>
      <p class="muted">{endpoints.length === total ? total : `${endpoints.length} of ${total}`} endpoints</p>
      {shown.map((endpoint) => (
        <Line key={endpoint.id} endpoint={endpoint} definitions={definitions} baseDomain={baseDomain} />
      ))}
      {shown.length < endpoints.length && (
        <button
          type="button"
          onClick={() => {
            isWhole.value = true;
          }}
        >
          Show all {endpoints.length}
        </button>
      )}
    </>
  );
}

interface LineProps {
  readonly endpoint: EndpointAnswer;
  readonly definitions: Schema;
  readonly baseDomain: string | null;
}

function Line({ endpoint, definitions, baseDomain }: LineProps) {
  const isOpen = useSignal(false);
  return (
    <details
      class="endpoint"
      onToggle={(event) => {
        if (event.target === event.currentTarget) isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>
        <code class="method">{endpoint.method}</code> <code>{endpoint.path}</code> {endpoint.name}
        {endpoint.isPublic && <span class="tag">public</span>}
        {endpoint.deprecated && <span class="tag">deprecated</span>}
      </summary>
      {isOpen.value && (
        <EndpointDetails endpoint={endpoint} definitions={definitions} baseDomain={baseDomain} />
      )}
    </details>
  );
}

function NoEndpoints({ appKey, name }: { readonly appKey: string; readonly name: string }) {
  const command = `MCP_REGISTRY_APP_KEY=${quoted(appKey)} mcp-registry import openapi --environment ${quoted(name)} openapi.yaml`;
  return (
    <p>
      No endpoint is registered in {name} yet. With an API key of {appKey}: <Copy text={command} />
    </p>
  );
}
