import './styles/main.css';
import { signal } from '@preact/signals';
import { render } from 'preact';
import { ErrorBoundary, lazy } from 'preact-iso';
import { Problem } from './api/problem.js';
import { SignIn, SignInAgain } from './pages/sign-in.js';
import { ended, restoreSession, session, signIn, takeCode } from './state/session.js';

/** Loaded after the sign-in. */
const Frame = lazy(async () => (await import('./ui/frame.js')).Frame);
const problem = signal<Problem | undefined>(undefined);

function Console() {
  if (session.value === undefined) return null;
  const shown = session.value ?? ended.value;
  if (shown === undefined) return <SignIn problem={problem.value} />;
  return (
    <ErrorBoundary>
      <Frame key={shown.operator} />
      {session.value === null && <SignInAgain operator={shown.operator} />}
    </ErrorBoundary>
  );
}

async function start(): Promise<void> {
  try {
    const code = takeCode();
    if (code === undefined) await restoreSession();
    else await signIn({ code });
  } catch (error) {
    problem.value = Problem.from(error);
    session.value ??= null;
  }
}

const root = document.getElementById('app');
if (root !== null) render(<Console />, root);
void start();
