import { useEffect, useRef } from 'preact/hooks';
import { ErrorBoundary, LocationProvider, Route, Router, useLocation } from 'preact-iso';
import { followRegistry } from '../api/live.js';
import { CONSOLE_PATH } from '../base-path.js';
import { PAGES } from '../pages/pages.js';
import { may } from '../state/session.js';
import { Header } from './header.js';

/** What every page has: the rail, the header, and the page of the address. */
export function Frame() {
  useEffect(() => followRegistry(), []);
  return (
    <LocationProvider scope={CONSOLE_PATH}>
      <a class="skip" href="#page">
        Skip to the page
      </a>
      <Rail />
      <Header />
      <main id="page" tabIndex={-1}>
        <ErrorBoundary>
          <Router>
            {PAGES.map(({ path, component }) => (
              <Route key={path} path={CONSOLE_PATH + path} component={component} />
            ))}
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
      </main>
    </LocationProvider>
  );
}

function Rail() {
  const { path } = useLocation();
  const before = useRef(path);
  useEffect(() => {
    document.title = `${titleOf(path)} · MCP Registry`;
    // Who reads with the keyboard begins at the new page, not at its end.
    if (before.current !== path) document.getElementById('page')?.focus();
    before.current = path;
  }, [path]);
  const shown = PAGES.filter(({ isBelowAnother, role }) => isBelowAnother !== true && (!role || may(role)));
  return (
    <nav aria-label="Pages">
      <ul>
        {shown.map((page) => {
          const href = CONSOLE_PATH + page.path;
          const isHere = page.path === '' ? path === href : `${path}/`.startsWith(`${href}/`);
          return (
            <li key={href}>
              <a href={href} aria-current={isHere ? 'page' : undefined}>
                {page.title}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function titleOf(path: string): string {
  const below = path.slice(CONSOLE_PATH.length);
  const [, area = '', ...names] = below.split('/');
  if (area === 'apps' && names.length > 0) return names.map(decodeURIComponent).join(' / ');
  return PAGES.find((page) => page.path === (area === '' ? '' : `/${area}`))?.title ?? 'Console';
}

function NotFound() {
  return (
    <>
      <h1>No such page</h1>
      <p>
        <a href={CONSOLE_PATH}>Overview</a>
      </p>
    </>
  );
}
