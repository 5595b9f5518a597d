import { openRunFolder } from './run-folder.js';
import { startTestCluster, type TestCluster } from './test-cluster.js';

declare global {
  var testCluster: TestCluster | undefined;
  var testFolder: string | undefined;
}

export default async function globalSetup(): Promise<void> {
  globalThis.testFolder = await openRunFolder();
  // Of this process, of the workers, and of what they start.
  process.env.TMPDIR = globalThis.testFolder;
  const cluster = await startTestCluster();
  globalThis.testCluster = cluster;
  process.env.TEST_CLUSTER_URL = cluster.url;
  process.env.TEST_CLUSTER_TEMPLATE = cluster.template;
}
