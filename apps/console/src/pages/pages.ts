import type { ComponentType } from 'preact';
import { lazy } from 'preact-iso';
import type { Role } from '../state/session.js';

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

/** In the order of the rail; each is loaded when it is opened first. */
export const PAGES: readonly ConsolePage[] = [
  {
    path: '',
    title: 'Overview',
    component: lazy(async () => (await import('./overview.js')).Overview),
  },
  {
    path: '/apps',
    title: 'Applications',
    component: lazy(async () => (await import('./applications.js')).Applications),
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
    component: lazy(async () => (await import('./endpoints.js')).Endpoints),
  },
  {
    path: '/keys',
    title: 'Keys',
    component: lazy(async () => (await import('./keys/keys.js')).Keys),
  },
  {
    path: '/activity',
    title: 'Activity',
    component: lazy(async () => (await import('./activity.js')).Activity),
  },
  {
    path: '/operators',
    title: 'Operators',
    component: lazy(async () => (await import('./operators/operators.js')).Operators),
    role: 'admin',
  },
  {
    path: '/system',
    title: 'System',
    component: lazy(async () => (await import('./system.js')).System),
  },
];
