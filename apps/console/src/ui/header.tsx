import { useSignal } from '@preact/signals';
import { liveness } from '../api/live.js';
import { readAt } from '../state/registry.js';
import { readOnlyReason, session, signOut } from '../state/session.js';
import { Palette } from './palette.js';

const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** How current the page is, how it looks, and who is signed in. */
export function Header() {
  return (
    <header>
      <LiveMark />
      <span class="grow" />
      {readOnlyReason.value !== undefined && (
        <span class="tag" title={readOnlyReason.value}>
          read-only
        </span>
      )}
      <Palette />
      <ThemeSwitch />
      <span class="operator">{session.value?.operator}</span>
      <button type="button" onClick={() => void signOut()}>
        Sign out
      </button>
    </header>
  );
}

function LiveMark() {
  const asOf = readAt.value === undefined ? '' : `as of ${time.format(readAt.value)}`;
  const isLive = liveness.value === 'live';
  return (
    <span class={`live ${liveness.value}`} title={asOf}>
      <span aria-hidden="true">{isLive ? '●' : '◐'}</span> {isLive ? 'live' : `${liveness.value} ${asOf}`}
    </span>
  );
}

function ThemeSwitch() {
  const isDark = useSignal(isDarkNow());
  const turn = (): void => {
    isDark.value = !isDark.value;
    const theme = isDark.value ? 'dark' : 'light';
    document.documentElement.style.colorScheme = theme;
    try {
      localStorage.setItem('theme', theme);
    } catch {
      // Storage is switched off: the choice lasts as long as the page.
    }
  };
  return (
    <button type="button" aria-pressed={isDark.value} onClick={turn}>
      Dark
    </button>
  );
}

function isDarkNow(): boolean {
  const chosen = document.documentElement.style.colorScheme;
  return chosen === '' ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
}
