import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * `npm run test:watch -- environments`: compiles after every change, and after every compilation without errors runs the
 * test files whose path matches. It never interrupts a run, because the run stops its own databases; it runs the tests
 * again afterwards.
 */
const patterns = process.argv.slice(2);
if (patterns.length === 0) {
  process.stderr.write('Usage: npm run test:watch -- PATH   (such as environments or e2e/access)\n');
  process.exit(2);
}

let isRunning = false;
let isStale = false;

const compiler = spawn(
  process.execPath,
  [
    'node_modules/typescript-native/bin/tsc',
    '-p',
    'tsconfig.json',
    '--watch',
    '--preserveWatchOutput',
    '--pretty',
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
// The compiler and the tests receive Ctrl-C as well: this process only waits for them.
process.on('SIGINT', () => undefined);
compiler.once('exit', (code) => {
  process.exitCode = code ?? 0;
});
createInterface(compiler.stdout).on('line', (line) => {
  process.stdout.write(`${line}\n`);
  if (line.includes('Found 0 errors. Watching for file changes.')) runTests();
});

function runTests(): void {
  if (isRunning) {
    isStale = true;
    return;
  }
  [isRunning, isStale] = [true, false];
  const tests = spawn('npm', ['run', '--silent', 'jest', '--', ...patterns], {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  tests.once('exit', () => {
    isRunning = false;
    if (isStale && compiler.exitCode === null && compiler.signalCode === null) runTests();
  });
}
