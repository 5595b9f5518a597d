import type { ComponentChildren } from 'preact';
import { BASE_PATH, CONSOLE_PATH } from '../base-path.js';
import { pathOf } from '../paths.js';
import { applications, environments } from '../state/registry.js';
import { Copy, quoted } from './copy.js';

/** The way from an empty registry to the first healthy endpoint; it ticks itself and goes when all is done. */
export function Checklist() {
  const rows = environments.value;
  const [first] = rows;
  const steps = [
    (applications.value?.length ?? 0) > 0,
    rows.some(({ keys }) => keys > 0),
    rows.some(({ endpoints }) => endpoints > 0),
    rows.some(({ condition }) => condition === 'up' || condition === 'degraded'),
  ];
  if (steps.every(Boolean) || (applications.value?.length ?? 0) > 1) return null;
  const next = steps.indexOf(false);
  const appKey = first?.appKey ?? 'orders';
  const environment = first?.name ?? 'production';
  const url = `${location.origin}${BASE_PATH}`;
  const register = `MCP_REGISTRY_URL=${url} MCP_REGISTRY_APP_KEY=${quoted(appKey)} mcp-registry import openapi --environment ${quoted(environment)} openapi.yaml`;
  return (
    <section class="checklist">
      <h2>First steps</h2>
      <ol>
        <Step isDone={steps[0] === true} isNext={next === 0} title="Create an application">
          <a class="button primary" href={`${CONSOLE_PATH}/apps?create=1`}>
            Create an application
          </a>
        </Step>
        <Step isDone={steps[1] === true} isNext={next === 1} title="Issue an API key">
          {first !== undefined && (
            <a class="button primary" href={`${pathOf(appKey, environment)}?tab=keys`}>
              Issue a key for {appKey} / {environment}
            </a>
          )}
        </Step>
        <Step isDone={steps[2] === true} isNext={next === 2} title="Register its endpoints">
          <p>Run this with the key, or drop an OpenAPI document on the page of the application:</p>
          <Copy text={register} />
          {first !== undefined && (
            <p>
              <a href={`${pathOf(appKey, environment)}?tab=endpoints`}>Import in the console</a>
            </p>
          )}
        </Step>
        <Step isDone={steps[3] === true} isNext={next === 3} title="See the first successful probe">
          {first !== undefined && (
            <p>
              The registry probes base domain and health URL, which the{' '}
              <a href={`${pathOf(appKey, environment)}?tab=settings`}>settings of {appKey}</a> have.
            </p>
          )}
        </Step>
      </ol>
    </section>
  );
}

interface StepProps {
  readonly isDone: boolean;
  readonly isNext: boolean;
  readonly title: string;
  readonly children: ComponentChildren;
}

function Step({ isDone, isNext, title, children }: StepProps) {
  return (
    <li class={isDone ? 'done' : ''} aria-current={isNext ? 'step' : undefined}>
      <strong>
        {title} {isDone && <span class="status up">✓ done</span>}
      </strong>
      {isNext && <div>{children}</div>}
    </li>
  );
}
