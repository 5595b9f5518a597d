import { useEffect } from 'preact/hooks';
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
