import type { ComponentType } from 'preact';
import { lazy } from 'preact-iso';
import type { Role } from '../state/session.js';
import { Activity } from './activity.js';
import { Applications } from './applications.js';
import { Endpoints } from './endpoints.js';
import { Keys } from './keys/keys.js';
import { Operators } from './operators/operators.js';
import { Overview } from './overview.js';
import { System } from './system.js';

/** A page of the console. */
export interface ConsolePage {
  /** Below `/console`. */
  readonly path: string;
  readonly title: string;
  readonly component: ComponentType;
  /** Where the rail does not lead by itself. */
  readonly isBelowAnother?: boolean;
  /** Who may see it; everyone when absent. */
  readonly role?: Role;
}

/** In the order of the rail. Each file costs a request: only the largest page is one of its own. */
export const PAGES: readonly ConsolePage[] = [
  {
    path: '',
    title: 'Overview',
    component: Overview,
  },
  {
    path: '/apps',
    title: 'Applications',
    component: Applications,
  },
  {
    path: '/apps/:appKey/:environment?',
    title: 'Application',
    component: lazy(async () => (await import('./application/application.js')).Application),
    isBelowAnother: true,
  },
  {
    path: '/endpoints',
    title: 'Endpoints',
    component: Endpoints,
  },
  {
    path: '/keys',
    title: 'Keys',
    component: Keys,
  },
  {
    path: '/activity',
    title: 'Activity',
    component: Activity,
  },
  {
    path: '/operators',
    title: 'Operators',
    component: Operators,
    role: 'admin',
  },
  {
    path: '/system',
    title: 'System',
    component: System,
  },
];
