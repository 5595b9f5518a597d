import all from './jest.config.js';

/** What shows in half a minute that a version of Node.js works. */
export default {
  ...all,
  testMatch: [
    '**/test/{ambient,api-keys,config,egress,json,metrics,openapi,tracing,validation}/*.test.js',
    '**/test/database/database*.test.js',
    '**/test/e2e/{access,discovery,problems}.test.js',
  ],
};
