import { shortId } from '#libs/short-ids/short-id.js';
import { estimateTokens } from '#libs/tokens/token-estimate.js';
import type { EndpointHit } from '../../search/dto/search-result.js';
import { shortened } from '../call/reduced-schema.js';

/** A hit as agents get it: what says nothing is left out. */
export interface ShortHit {
  readonly id: string;
  readonly application: string;
  readonly environment: string;
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly description?: string;
  readonly score: number;
  readonly why: string;
  readonly health: {
    readonly status: string;
    readonly since?: string;
    readonly uptime24h?: number;
    readonly p95?: number;
  };
  readonly auth: string;
  readonly deprecated?: true;
}

/** How much is told of each hit; each level takes fewer tokens than the one before. */
interface Level {
  readonly description: number;
  readonly name: number;
  /** Fields in which words matched. */
  readonly reasons: number;
  readonly figures: boolean;
}

const LEVELS: readonly [Level, ...Level[]] = [
  { description: 160, name: 120, reasons: 4, figures: true },
  { description: 80, name: 80, reasons: 4, figures: true },
  { description: 40, name: 80, reasons: 2, figures: true },
  { description: 0, name: 80, reasons: 2, figures: true },
  { description: 0, name: 60, reasons: 1, figures: true },
  { description: 0, name: 60, reasons: 1, figures: false },
  { description: 0, name: 40, reasons: 1, figures: false },
];

/** The hits, told in as many words as fit into about `maxTokens` once they are written by `write`. */
export function hitsWithin(
  hits: readonly EndpointHit[],
  maxTokens: number,
  write: (told: readonly ShortHit[]) => string,
): readonly ShortHit[] {
  let told: readonly ShortHit[] = [];
  for (const level of LEVELS) {
    told = hits.map((hit) => shortHit(hit, level));
    if (estimateTokens(write(told)) <= maxTokens) break;
  }
  return told;
}

function shortHit(hit: EndpointHit, { description, name, reasons, figures }: Level): ShortHit {
  const { status, since, uptime24h, p95 } = hit.health;
  return {
    id: shortId(hit.id),
    application: hit.application,
    environment: hit.environment,
    method: hit.method,
    path: hit.path,
    name: shortened(hit.name, name),
    ...(hit.description !== null &&
      description > 0 && { description: shortened(hit.description, description) }),
    score: hit.score,
    why: hit.why.split('; ').slice(0, reasons).join('; '),
    health: {
      status,
      ...(status === 'INACTIVE' && since !== null && { since: `${since.slice(0, 19)}Z` }),
      ...(figures && uptime24h !== null && { uptime24h: rounded(uptime24h, 3) }),
      ...(figures && p95 !== null && { p95: rounded(p95, 2) }),
    },
    auth: hit.auth,
    ...(hit.deprecated && { deprecated: true as const }),
  };
}

function rounded(number: number, digits: number): number {
  return Number(number.toFixed(digits));
}

/** A line for each hit, for clients that show the model no structured content. */
export function linesOf(hits: readonly ShortHit[]): string {
  const lines = hits.map(
    ({
      id,
      application,
      environment,
      method,
      path,
      name,
      description,
      score,
      why,
      health,
      auth,
      deprecated,
    }) =>
      [
        id,
        score,
        `${application} ${environment}`,
        `${method} ${path}`,
        name,
        description ?? '-',
        why,
        healthText(health),
        deprecated ? `${auth}, deprecated` : auth,
      ].join(' | '),
  );
  return [HEAD, ...lines].join('\n');
}

const HEAD =
  'id | score | application environment | operation | name | description | matched | health | auth';

function healthText({ status, since, uptime24h, p95 }: ShortHit['health']): string {
  return [
    status,
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(uptime24h === undefined ? [] : [`${rounded(100 * uptime24h, 1)}% of 24h`]),
    ...(p95 === undefined ? [] : [`p95 ${p95}s`]),
  ].join(', ');
}
