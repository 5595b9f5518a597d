import all from './jest.config.js';

/** What is long by nature: one file at a time, so that each has the machine to itself. */
export default {
  ...all,
  roots: ['<rootDir>/dist/test/soak'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
};
