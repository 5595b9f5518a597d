import './styles/main.css';
import { signal } from '@preact/signals';
import { render } from 'preact';
import { Problem } from './api/problem.js';
import { SignIn, SignInAgain } from './pages/sign-in.js';
import { ended, restoreSession, session, signIn, takeCode } from './state/session.js';
import { Frame } from './ui/frame.js';

const problem = signal<Problem | undefined>(undefined);

function Console() {
  if (session.value === undefined) return null;
  const shown = session.value ?? ended.value;
  if (shown === undefined) return <SignIn problem={problem.value} />;
  return (
    <>
      <Frame key={shown.operator} />
      {session.value === null && <SignInAgain operator={shown.operator} />}
    </>
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
