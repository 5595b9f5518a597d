import { ErrorBoundary, LocationProvider, Route, Router, useLocation } from 'preact-iso';
import { CONSOLE_PATH } from '../base-path.js';
import { PAGES } from '../pages/pages.js';
import { readOnlyReason, session, signOut } from '../state/session.js';

/** What every page has: the rail, the header, and the page of the address. */
export function Frame() {
  return (
    <LocationProvider scope={CONSOLE_PATH}>
      <a class="skip" href="#page">
        Skip to the page
      </a>
      <Rail />
      <header>
        {readOnlyReason.value !== undefined && <span title={readOnlyReason.value}>read-only</span>}
        <span>{session.value?.operator}</span>
        <button type="button" onClick={() => void signOut()}>
          Sign out
        </button>
      </header>
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
  return (
    <nav aria-label="Pages">
      <ul>
        {PAGES.map((page) => {
          const href = CONSOLE_PATH + page.path;
          return (
            <li key={href}>
              <a href={href} aria-current={path.replace(/\/$/, '') === href ? 'page' : undefined}>
                {page.title}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
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
