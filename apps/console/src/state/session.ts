import { computed, signal } from '@preact/signals';
import { api, whenSignedOut } from '../api/client.js';
import { Problem } from '../api/problem.js';
import type { components } from '../api/schema.js';

export type Session = components['schemas']['SessionResponse'];

const ROLES = ['agent', 'viewer', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who is signed in; null: not signed in; undefined: not known yet. */
export const session = signal<Session | null | undefined>(undefined);

/** Whether the role includes another one. */
export const may = (least: Role): boolean => {
  const role = session.value?.role;
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(least);
};

/** A session that ended by itself while its page is shown: who signs in again goes on there. */
export const ended = signal<Session | undefined>(undefined);

/** Why the operator may change nothing; undefined: they may. */
export const readOnlyReason = computed(() =>
  session.value == null || may('editor') ? undefined : `The role ${session.value.role} is read-only.`,
);

/** Other tabs follow. */
const tabs = new BroadcastChannel('registry-session');
tabs.onmessage = ({ data }) => {
  if (data === 'signed out') leave();
  else void restoreSession();
};

whenSignedOut(() => {
  if (session.value != null) ended.value = session.value;
  session.value = null;
});

/** Shows nothing more of what the operator has read. */
export function leave(): void {
  ended.value = undefined;
  session.value = null;
}

/** Asks who is signed in. @throws Problem when the registry cannot say */
export async function restoreSession(): Promise<void> {
  try {
    session.value = (await api.GET('/session')).data ?? null;
    ended.value = undefined;
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
  }
}

/** Starts a session with a key, or with a one-time code. @throws Problem */
export async function signIn(body: { readonly key: string } | { readonly code: string }): Promise<void> {
  session.value = (await api.POST('/session', { body })).data ?? null;
  ended.value = undefined;
  tabs.postMessage('signed in');
}

/** @throws Problem */
export async function signOut(): Promise<void> {
  await api.DELETE('/session');
  leave();
  tabs.postMessage('signed out');
}

/** The one-time code of `mcp-registry console` in the address, which is removed from it. */
export function takeCode(): string | undefined {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (code === null) return undefined;
  history.replaceState(history.state, '', location.pathname + location.search);
  return code;
}
