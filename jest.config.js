/** All tests but the soak set, as compiled to dist. */
export default {
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/dist/test/soak/'],
  // Loads a module once for all files of a worker: half the time of most files is loading the service. Not its form for
  // child processes, whose workers miss their settings when two of them start at once, and then wait for ever.
  runner: 'jest-light-runner',
  testSequencer: '<rootDir>/dist/test/support/slowest-first.js',
  testEnvironment: 'node',
  transform: {},
  globalSetup: '<rootDir>/dist/test/support/global-setup.js',
  globalTeardown: '<rootDir>/dist/test/support/global-teardown.js',
  // For two cores: many tests wait for processes, and leave a core idle.
  maxWorkers: 3,
};
