import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

/**
 * `npm run manifests -- IMAGE@sha256:DIGEST FOLDER`: writes the manifests of deploy/kubernetes to a folder. The
 * Deployment itself names the image by its digest, so that the result is the same with and without Kustomize.
 */
const [image = '', folder = ''] = process.argv.slice(2);
if (!/^[^\s@]+@sha256:[0-9a-f]{64}$/.test(image) || folder === '') {
  process.stderr.write('Usage: npm run manifests -- IMAGE@sha256:DIGEST FOLDER\n');
  process.exit(2);
}
await cp('deploy/kubernetes', folder, { recursive: true, force: false, errorOnExist: true });

const deployment = join(folder, 'deployment.yaml');
const document = parseDocument(await readFile(deployment, 'utf8'));
document.setIn(['spec', 'template', 'spec', 'containers', 0, 'image'], image);
await writeFile(deployment, document.toString({ lineWidth: 0, flowCollectionPadding: false }));

const kustomization = join(folder, 'kustomization.yaml');
const settings = parseDocument(await readFile(kustomization, 'utf8'));
settings.delete('images');
await writeFile(kustomization, settings.toString({ lineWidth: 0, flowCollectionPadding: false }));
