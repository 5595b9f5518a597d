import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { CONSOLE_PATH } from '../base-path.js';
import { PAGES } from '../pages/pages.js';
import { pathOf } from '../paths.js';
import { applications } from '../state/registry.js';
import { may } from '../state/session.js';
import { Dialog } from './dialog.js';
import { useKey } from './keys.js';

interface Target {
  readonly title: string;
  readonly href: string;
}

const MOST = 12;

/** Goes anywhere by a few letters: Ctrl+K, or the button of the header. */
export function Palette() {
  const isOpen = useSignal(false);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      isOpen.value = true;
    };
    document.addEventListener('keydown', listen);
    return () => {
      document.removeEventListener('keydown', listen);
    };
  }, []);
  useKey('?', () => {
    isOpen.value = true;
  });
  return (
    <>
      <button
        type="button"
        title="Ctrl+K"
        onClick={() => {
          isOpen.value = true;
        }}
      >
        Go to …
      </button>
      {isOpen.value && (
        <Targets
          onClose={() => {
            isOpen.value = false;
          }}
        />
      )}
    </>
  );
}

function Targets({ onClose }: { readonly onClose: () => void }) {
  const { route } = useLocation();
  const text = useSignal('');
  const chosen = useSignal(0);
  const found = useComputed(() => matching(text.value));
  const go = (target: Target | undefined): void => {
    if (target === undefined) return;
    onClose();
    route(target.href);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => {
      chosen.value = Math.min(found.value.length - 1, chosen.value + 1);
    },
    ArrowUp: () => {
      chosen.value = Math.max(0, chosen.value - 1);
    },
    Enter: () => {
      go(found.value[chosen.value]);
    },
  };
  return (
    <Dialog title="Go to" onClose={onClose}>
      <input
        class="filter"
        type="search"
        role="combobox"
        list={undefined}
        aria-label="Page, application or environment"
        aria-expanded="true"
        aria-controls="targets"
        aria-activedescendant={`target-${chosen.value}`}
        placeholder="orders production"
        onInput={(event) => {
          text.value = event.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (act === undefined) return;
          event.preventDefault();
          act();
        }}
      />
      <ul id="targets" class="targets" role="listbox" aria-label="Targets">
        {found.value.map((target, index) => (
          <li
            key={target.href}
            id={`target-${index}`}
            role="option"
            aria-selected={index === chosen.value}
            onClick={() => {
              go(target);
            }}
          >
            {target.title}
          </li>
        ))}
      </ul>
      <p class="muted">
        <kbd>/</kbd> filter · <kbd>j</kbd> <kbd>k</kbd> rows · <kbd>[</kbd> <kbd>]</kbd> environments ·{' '}
        <kbd>Esc</kbd> back
      </p>
    </Dialog>
  );
}

/** Pages first, then applications, then their environments; every word must occur. */
function matching(text: string): Target[] {
  const words = text.toLowerCase().split(/\s+/);
  const targets = (function* (): Generator<Target> {
    for (const { path, title, role, isBelowAnother } of PAGES) {
      if (isBelowAnother !== true && (role === undefined || may(role))) {
        yield { title, href: CONSOLE_PATH + path };
      }
    }
    const all = applications.value ?? [];
    for (const { appKey, name } of all) yield { title: `${name} (${appKey})`, href: pathOf(appKey) };
    for (const { appKey, environments } of all) {
      for (const { name } of environments) {
        yield { title: `${appKey} / ${name}`, href: pathOf(appKey, name) };
      }
    }
  })();
  const found: Target[] = [];
  for (const target of targets) {
    const title = target.title.toLowerCase();
    if (words.every((word) => title.includes(word))) found.push(target);
    if (found.length === MOST) break;
  }
  return found;
}
