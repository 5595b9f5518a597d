import { startTestCluster, type TestCluster } from './test-cluster.js';

declare global {
  var testCluster: TestCluster | undefined;
}

export default async function globalSetup(): Promise<void> {
  const cluster = await startTestCluster();
  globalThis.testCluster = cluster;
  process.env.TEST_CLUSTER_URL = cluster.url;
  process.env.TEST_CLUSTER_TEMPLATE = cluster.template;
}
