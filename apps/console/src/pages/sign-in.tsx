import { useSignal } from '@preact/signals';
import { Problem } from '../api/problem.js';
import { leave, signIn } from '../state/session.js';
import { Dialog } from '../ui/dialog.js';

/** @param problem of an attempt that was made before, with a one-time code */
export function SignIn({ problem }: { readonly problem: Problem | undefined }) {
  return (
    <main class="sign-in">
      <h1>MCP Registry</h1>
      {location.protocol === 'http:' && <p class="notice">This connection is not encrypted.</p>}
      <KeyForm problem={problem} />
      <p>
        A personal key, or the one in <code>.data/admin-key</code> of the service. Without entering it:{' '}
        <code>mcp-registry console</code>
      </p>
    </main>
  );
}

/** Over the page whose session has ended: what was typed there stays. */
export function SignInAgain({ operator }: { readonly operator: string }) {
  return (
    <Dialog title="Your session has ended" mustBeAcknowledged onClose={leave}>
      <p>Sign in as {operator} to go on where you were.</p>
      <div class="sign-in-again">
        <KeyForm problem={undefined} />
        <button type="button" onClick={leave}>
          Leave
        </button>
      </div>
    </Dialog>
  );
}

function KeyForm({ problem: earlier }: { readonly problem: Problem | undefined }) {
  const problem = useSignal(earlier);
  const isBusy = useSignal(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const key = new FormData(form).get('key');
    if (typeof key !== 'string' || key.trim() === '') return;
    isBusy.value = true;
    problem.value = undefined;
    try {
      await signIn({ key: key.trim() });
    } catch (error) {
      problem.value = Problem.from(error);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      {/* Password managers keep a key under a name. */}
      <input type="text" name="username" autocomplete="username" value="operator" readOnly hidden />
      <label>
        Your key
        <input type="password" name="key" autocomplete="current-password" required autofocus />
      </label>
      {problem.value !== undefined && <p role="alert">{told(problem.value)}</p>}
      <button type="submit" disabled={isBusy.value}>
        Sign in
      </button>
    </form>
  );
}

function told({ status, message }: Problem): string {
  return status === 401 ? 'This key is not known.' : message;
}
