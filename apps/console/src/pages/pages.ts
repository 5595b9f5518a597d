import type { ComponentType } from 'preact';
import { lazy } from 'preact-iso';

/** A page of the rail. */
export interface ConsolePage {
  /** Below `/console`. */
  readonly path: string;
  readonly title: string;
  readonly component: ComponentType;
}

/** In the order of the rail; each is loaded when it is opened first. */
export const PAGES: readonly ConsolePage[] = [
  {
    path: '',
    title: 'Overview',
    component: lazy(async () => (await import('./overview.js')).Overview),
  },
];
