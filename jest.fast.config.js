import all from './jest.config.js';

/** What shows in some seconds that a version of Node.js works. */
export default {
  ...all,
  testMatch: [
    '**/test/unit/**/*.test.js',
    '**/test/database/database*.test.js',
    '**/test/e2e/{discovery,problems}.test.js',
  ],
  testPathIgnorePatterns: [...all.testPathIgnorePatterns, '/test/unit/(?:bench|dev)/', 'api-documents'],
};
